//! What a paper says, how it is tagged, how long it may be, and what it costs.

use paper::{Block, Document, MOST_PAGES, PaperError, Voice, pieces, render};
use proptest::prelude::*;

use crate::reader::Read;

fn sample() -> Document {
    let said =
        |margin: &str, text: &str, voice| Block::Said { margin: margin.to_owned(), text: text.to_owned(), voice };
    let plain = Voice::default();
    Document {
        title: "Visit".to_owned(),
        about: "Amira Ali, 9, born 14 May 2016 · R-10482".to_owned(),
        marking: "Confidential".to_owned(),
        running: "R-10482 · Visit".to_owned(),
        foot: "Printed 3 March 2026, 15:20, by Sam Okafor, social worker, North team. For: a court or tribunal. Destroy after use.".to_owned(),
        notice: vec![
            "Friday 27 February 2026, 15:30. Written 2 March 2026 10:12 by Sam Okafor, social worker, North team.".to_owned(),
            "This paper is confidential. Keeping it safe is the duty of everybody who holds it. Destroy it when it has been used.".to_owned(),
        ],
        part: String::new(),
        blocks: vec![
            Block::Heading { text: "The child".to_owned() },
            Block::Question { text: "What did the child say or show?".to_owned() },
            said("Child’s words", "I like it when Gran makes the tea because then there is tea.", Voice { italic: true, edge: true }),
            Block::Heading { text: "What happened".to_owned() },
            Block::Question { text: "What happened and what was talked about?".to_owned() },
            said("seen", "The kitchen cupboards were empty but for tea and rice. #strong[not markup] *neither* $x$ @x <y>\nA second line.", plain),
            said("told by Łukasz Ŵyn", "She had been paid and would shop tonight.", plain),
            said("told by محمد", "قالت إنها ستذهب إلى السوق هذا المساء.", plain),
            Block::Terms { rows: vec![("Where".to_owned(), vec!["At home".to_owned()]), ("Who was there".to_owned(), vec!["Sana Ali".to_owned(), "Gran".to_owned()])] },
            Block::Table {
                summary: "Chronology, oldest first".to_owned(),
                head: vec!["Day".to_owned(), "What happened".to_owned(), "From".to_owned()],
                widths: vec![3, 8, 3],
                rows: (1..90).map(|n| vec![format!("{n} March 2026"), "Kitchen without food, second visit".to_owned(), "visit".to_owned()]).collect(),
            },
            Block::Sign { lines: vec!["Signed".to_owned(), "Name and post".to_owned(), "Date".to_owned()] },
        ],
        made: "2026-03-03T15:20:00".parse().unwrap(),
    }
}

fn said(text: &str) -> Block {
    Block::Said { margin: String::new(), text: text.to_owned(), voice: Voice::default() }
}

fn of(blocks: Vec<Block>) -> Document {
    Document { blocks, ..sample() }
}

#[test]
fn a_paper_keeps_the_rules_of_accessible_pdf() {
    let paper = render(&sample()).unwrap();
    if let Ok(folder) = std::env::var("LIFESTORY_SCREENSHOTS") {
        std::fs::write(format!("{folder}/paper.pdf"), &paper.pdf).unwrap();
    }
    let read = Read::of(&paper.pdf);
    assert!(paper.accessible && read.metadata.contains("pdfuaid:part"), "PDF/UA-1 keeps every rule");
    assert_eq!(read.language, "en-GB");
    assert!(read.marked && read.outline);
    assert_eq!(read.pages.len(), paper.pages);
    assert_eq!(read.tag("H1"), 1);
    assert_eq!(read.tag("H2"), 2);
    assert_eq!(read.tag("H3"), 2);
    // Two heads of rows, three of columns.
    assert_eq!((read.tag("Table"), read.tag("TH")), (2, 5));
    assert!(read.metadata.contains("<rdf:li xml:lang=\"en-GB\">Visit</rdf:li>") || read.metadata.contains("Visit"));
}

#[test]
fn every_page_says_that_it_is_confidential_who_printed_it_and_which_page_it_is() {
    let paper = render(&sample()).unwrap();
    let read = Read::of(&paper.pdf);
    assert!(read.pages.len() > 1);
    for (at, page) in read.pages.iter().enumerate() {
        let page = crate::reader::squeezed(page);
        let number = format!("Page{}of{}", at + 1, paper.pages);
        for words in ["Confidential", "R-10482", "PrintedbySamOkafor", "Destroyafteruse", &number] {
            let words = words.replace("PrintedbySam", "Printed3March2026,15:20,bySam");
            assert!(page.contains(&words), "page {} says {words}: {page}", at + 1);
        }
    }
}

/// ASVS 1.2.8, 1.3.5, 1.3.7
#[test]
fn what_was_written_is_text_and_never_markup() {
    let hostile =
        "#panic() #import \"@preview/x:1.0.0\" #read(\"/etc/passwd\") $x$ *b* _i_ `c` <l> @r = h\n- list\\ // end /* c";
    let read = Read::of(&render(&of(vec![said(hostile)])).unwrap().pdf);
    for part in ["#panic()", "@preview/x:1.0.0", "#read(\"/etc/passwd\")", "*b*_i_`c`", "<l>@r=h", "-list\\//end/*c"] {
        assert!(read.says(part), "{part} in {}", read.text());
    }
}

#[test]
fn names_of_every_language_are_on_paper() {
    let names = ["Siân Ŵyn ŷ", "Łukasz Żółć", "Đặng", "Юлія", "Ștefan"];
    let read = Read::of(&render(&of(names.map(said).to_vec())).unwrap().pdf);
    for name in names {
        assert!(read.says(name), "{name} in {}", read.text());
    }
    let arabic = render(&of(vec![said("محمد قالت إنها"), said("عائشہ نے کہا")])).unwrap();
    assert!(arabic.accessible);
    // What no font has is shown as such, and said.
    let emoji = Read::of(&render(&of(vec![said("Fine 👍 汉")])).unwrap().pdf);
    assert!(emoji.says("Fine□□") && emoji.says("2 signs are shown as □"), "{}", emoji.text());
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    assert_eq!(render(&sample()).unwrap().pdf, render(&sample()).unwrap().pdf);
}

#[test]
fn what_is_too_long_comes_in_pieces_and_never_whole() {
    let row = |n: usize| vec![format!("{n} March 2026"), format!("Event {n} of many"), "visit".to_owned()];
    let table = Block::Table {
        summary: "t".to_owned(),
        head: ["Day", "What happened", "From"].map(str::to_owned).to_vec(),
        widths: vec![3, 9, 3],
        rows: (1..=12_000).map(row).collect(),
    };
    let whole = of(vec![table]);
    assert!(matches!(render(&whole), Err(PaperError::TooLong(pages)) if pages > MOST_PAGES));
    let pieces = pieces(whole, |n, of| format!("Part {n} of {of}"));
    assert!(pieces.len() > 1);
    let mut next = 1;
    for (at, piece) in pieces.iter().enumerate() {
        let paper = render(piece).unwrap();
        assert!(paper.pages <= MOST_PAGES);
        let read = Read::of(&paper.pdf);
        assert!(read.says(&format!("Part {} of {}", at + 1, pieces.len())));
        let text = read.text();
        while text.contains(&format!("Event{next}ofmany")) {
            next += 1;
        }
    }
    assert_eq!(next, 12_001, "every row stands on one of the pieces");
}

#[test]
fn the_widest_letters_fit_in_their_piece() {
    let wide = "W".repeat(60) + "\n";
    for blocks in
        [vec![said(&"WWWW MMMM ".repeat(60_000))], vec![said(&wide.repeat(9_000))], vec![said(&"\n".repeat(30_000))]]
    {
        for piece in pieces(of(blocks), |n, of| format!("{n}/{of}")) {
            let paper = render(&piece).unwrap();
            assert!(paper.pages <= MOST_PAGES, "{}", paper.pages);
        }
    }
}

/// Resident memory of this process, in kibibytes.
#[cfg(target_os = "linux")]
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// ASVS 1.4.3
#[test]
#[cfg(target_os = "linux")]
fn memory_stays_flat_over_a_hundred_papers() {
    let paper = |n: usize| {
        let mut document = sample();
        document.blocks.push(said(&format!("Paper {n}, which says something else than the others. ").repeat(40)));
        render(&document).unwrap()
    };
    (0..20).for_each(|n| drop(paper(n)));
    let before = memory();
    (20..120).for_each(|n| drop(paper(n)));
    let after = memory();
    assert!(after < before + 24 * 1024, "{before} KiB became {after} KiB over a hundred papers");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever anybody has typed anywhere can be printed.
    #[test]
    fn any_text_can_be_printed(title in ".{0,40}", margin in any::<String>(), text in any::<String>(), cell in ".{0,60}") {
        let document = Document {
            title,
            blocks: vec![
                Block::Heading { text: text.clone() },
                Block::Question { text: margin.clone() },
                Block::Said { margin: margin.clone(), text: text.clone(), voice: Voice { italic: true, edge: true } },
                Block::Quiet { text: text.clone() },
                Block::Terms { rows: vec![(margin.clone(), vec![text.clone(), cell.clone()])] },
                Block::Table { summary: text, head: vec![margin], widths: vec![1], rows: vec![vec![cell]] },
            ],
            ..sample()
        };
        let paper = render(&document);
        prop_assert!(paper.is_ok(), "{:?}", paper.err());
    }
}
