use jiff::civil::date;
#[test]
fn print() {
    let pack = policy::load(&policy::embedded(), "rochdale").unwrap();
    let invented = casework::demo::invent(&pack, date(2026, 11, 22), 1, 300);
    for n in std::env::var("SHOW").unwrap_or_default().split(',').filter_map(|n| n.parse::<usize>().ok()) {
        let story = &invented.stories[n];
        println!("######## {n} {:?}", story.facets);
        for deed in &story.deeds {
            println!("== {} {} {} about {}", deed.form, deed.written, deed.author.name, deed.about.len());
            for (name, value) in deed.typed.pairs() {
                if value.len() > 3 && !name.field.starts_with("happened") || name.part.as_deref() == Some("day") { println!("   {}: {value}", name.to_string().split('@').next().unwrap()); }
            }
        }
    }
    println!("{:?}", invented.stories.iter().enumerate().map(|(n, s)| (n, s.facets.len(), s.facets[0].need, s.deeds.len())).collect::<Vec<_>>());
}
