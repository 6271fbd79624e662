//! Names from many backgrounds, put together at random: nobody in particular.

use super::dice::Dice;

/// The names, beliefs and languages of one background.
pub(super) struct Background {
    pub girls: &'static [&'static str],
    pub boys: &'static [&'static str],
    pub women: &'static [&'static str],
    pub men: &'static [&'static str],
    pub families: &'static [&'static str],
    pub religions: &'static [(&'static str, u32)],
    /// First languages; the first is the commonest.
    pub languages: &'static [&'static str],
}

const BRITISH: Background = Background {
    girls: &[
        "Ruby", "Lily", "Ella", "Grace", "Poppy", "Evie", "Daisy", "Millie", "Freya", "Isla", "Skye", "Maisie",
        "Amber", "Chloe", "Tilly", "Niamh", "Orla", "Hollie", "Bethan", "Lexi", "Scarlett", "Willow", "Martha", "Erin",
        "Lacey", "Robyn", "Summer", "Faith", "Georgia", "Phoebe",
    ],
    boys: &[
        "Alfie", "Jack", "Harry", "Tyler", "Logan", "Mason", "Riley", "Ethan", "Callum", "Connor", "Jayden", "Archie",
        "Finley", "Reece", "Jude", "Toby", "Kian", "Lewis", "Owen", "Rhys", "Bailey", "Leo", "Stanley", "Theo",
        "Corey", "Dylan", "Frankie", "Ellis", "Harvey", "Luca",
    ],
    women: &[
        "Kelly", "Donna", "Stacey", "Gemma", "Leanne", "Claire", "Joanne", "Becky", "Hayley", "Kirsty", "Natalie",
        "Sarah", "Tracy", "Lisa", "Michelle", "Karen", "Jade", "Amy", "Zoe", "Carly",
    ],
    men: &[
        "Darren", "Lee", "Craig", "Wayne", "Shaun", "Gary", "Mark", "Stuart", "Paul", "Ryan", "Dean", "Scott", "Kevin",
        "Adam", "Liam", "Nathan", "Steven", "Carl", "Jason", "Neil",
    ],
    families: &[
        "Ashworth",
        "Birtwell",
        "Cragg",
        "Dunmore",
        "Entwistle",
        "Fairclough",
        "Greenhalgh",
        "Hartley",
        "Illingworth",
        "Jessop",
        "Kershaw",
        "Lomas",
        "Marsden",
        "Nuttall",
        "Ogden",
        "Pickup",
        "Rigby",
        "Scholes",
        "Tattersall",
        "Unsworth",
        "Varley",
        "Whittle",
        "Yates",
        "Barlow",
        "Chadwick",
        "Duckworth",
        "Heyes",
        "Kilbride",
        "Lockett",
        "Mather",
        "Pilling",
        "Ramsden",
        "Sagar",
        "Thornley",
        "Walsh",
        "Brierley",
        "Crompton",
        "Holt",
        "Stott",
        "Tonge",
    ],
    religions: &[("none", 60), ("christian", 28), ("not-said", 6), ("not-asked", 6)],
    languages: &["english"],
};
const EUROPEAN: Background = Background {
    girls: &["Zofia", "Maja", "Oliwia", "Andreea", "Ioana", "Kamila", "Emilija", "Petra", "Bianca", "Lucja"],
    boys: &["Jakub", "Filip", "Kacper", "Andrei", "Matei", "Lukas", "Tomasz", "Darius", "Marek", "Nikola"],
    women: &["Agnieszka", "Monika", "Elena", "Katarzyna", "Daniela", "Rasa", "Ivana", "Mihaela"],
    men: &["Piotr", "Marcin", "Ion", "Vasile", "Tomas", "Radek", "Georgi", "Pawel"],
    families: &[
        "Zielinska",
        "Wrona",
        "Popescu",
        "Ionescu",
        "Kovar",
        "Mazur",
        "Petrauskas",
        "Dumitru",
        "Horvat",
        "Sikora",
    ],
    religions: &[("christian", 70), ("none", 22), ("not-said", 8)],
    languages: &["polish", "romanian", "lithuanian", "slovak", "bulgarian"],
};
const PAKISTANI: Background = Background {
    girls: &["Aisha", "Zara", "Hira", "Maryam", "Iqra", "Sumaira", "Fatima", "Laiba", "Anaya", "Hafsa"],
    boys: &["Hamza", "Zain", "Ibrahim", "Usman", "Adeel", "Yusuf", "Haris", "Danyal", "Musa", "Rayyan"],
    women: &["Shazia", "Nasreen", "Rukhsana", "Saima", "Farah", "Robina", "Uzma", "Tahira"],
    men: &["Asif", "Tariq", "Nadeem", "Khalid", "Shahid", "Waqas", "Javed", "Faisal"],
    families: &["Akhtar", "Hussain", "Mahmood", "Iqbal", "Rafiq", "Shah", "Malik", "Chaudhry", "Mirza", "Qureshi"],
    religions: &[("muslim", 95), ("not-said", 5)],
    languages: &["english", "punjabi", "urdu"],
};
const BANGLADESHI: Background = Background {
    girls: &["Tasnim", "Nusrat", "Mahira", "Ruksana", "Sadia", "Anika"],
    boys: &["Tanvir", "Rafi", "Sajid", "Mahin", "Nabil", "Arif"],
    women: &["Shirin", "Momtaz", "Rehana", "Salma", "Jahanara"],
    men: &["Abdul", "Kamal", "Shafiq", "Habib", "Mizan"],
    families: &["Rahman", "Miah", "Begum", "Uddin", "Chowdhury", "Islam", "Haque"],
    religions: &[("muslim", 96), ("not-said", 4)],
    languages: &["english", "sylheti", "bengali"],
};
const INDIAN: Background = Background {
    girls: &["Anjali", "Priyanka", "Jasmine", "Simran", "Diya", "Meera"],
    boys: &["Arjun", "Rohan", "Jasdeep", "Kiran", "Nikhil", "Veer"],
    women: &["Sunita", "Harpreet", "Lakshmi", "Nisha", "Geeta"],
    men: &["Rajesh", "Gurdeep", "Sanjay", "Vikram", "Manoj"],
    families: &["Patel", "Gill", "Sharma", "Mistry", "Dhillon", "Nair", "Desai"],
    religions: &[("hindu", 40), ("sikh", 35), ("christian", 10), ("muslim", 10), ("none", 5)],
    languages: &["english", "gujarati", "punjabi", "hindi"],
};
const ASIAN: Background = Background {
    girls: &["Linh", "Maya", "Roya", "Thu", "Kavitha", "Angelica", "Zahra", "Pema"],
    boys: &["Minh", "Farid", "Suresh", "Miguel", "Karim", "Tenzin", "Dinesh", "Bao"],
    women: &["Huong", "Shabnam", "Vasanthi", "Maricel", "Latifa"],
    men: &["Tuan", "Rahim", "Sivan", "Ramon", "Habibullah"],
    families: &["Nguyen", "Noori", "Selvan", "Santos", "Rahimi", "Tran", "Gurung", "Pillai"],
    religions: &[("muslim", 40), ("buddhist", 20), ("christian", 18), ("hindu", 15), ("none", 7)],
    languages: &["english", "dari", "vietnamese", "tamil", "pashto"],
};
const CHINESE: Background = Background {
    girls: &["Mei", "Li Na", "Jia", "Xin"],
    boys: &["Wei", "Jun", "Ming", "Hao"],
    women: &["Fang", "Yan", "Hui"],
    men: &["Chen", "Gang", "Bo"],
    families: &["Wong", "Zhang", "Lau", "Lin"],
    religions: &[("none", 70), ("buddhist", 20), ("christian", 10)],
    languages: &["english", "mandarin", "cantonese"],
};
const AFRICAN: Background = Background {
    girls: &["Amina", "Temi", "Blessing", "Hodan", "Abena", "Ifeoma", "Makena", "Sagal", "Zainab", "Chipo"],
    boys: &["Kwame", "Tobi", "Abdi", "Emeka", "Samuel", "Kofi", "Liban", "Tendai", "Idris", "Femi"],
    women: &["Ngozi", "Fadumo", "Akosua", "Folake", "Grace", "Halima", "Rudo"],
    men: &["Chidi", "Mohamud", "Yaw", "Tunde", "Joseph", "Tinashe", "Ismail"],
    families: &["Adeyemi", "Mensah", "Warsame", "Okonkwo", "Boateng", "Moyo", "Abdullahi", "Eze", "Kamara", "Osei"],
    religions: &[("christian", 58), ("muslim", 36), ("none", 6)],
    languages: &["english", "somali", "yoruba", "arabic", "french"],
};
const CARIBBEAN: Background = Background {
    girls: &["Shanice", "Kezia", "Imani", "Tia", "Aaliyah", "Renée", "Nevaeh", "Jada"],
    boys: &["Jermaine", "Kymani", "Malachi", "Tyrese", "Isaiah", "Omari", "Zion", "Marlon"],
    women: &["Marcia", "Yvonne", "Simone", "Sharon", "Natasha"],
    men: &["Delroy", "Winston", "Leon", "Andre", "Marvin"],
    families: &["Campbell", "Francis", "Grant", "Morrison", "Bailey", "Clarke", "Lindo", "Bennett"],
    religions: &[("christian", 55), ("none", 35), ("other", 5), ("not-said", 5)],
    languages: &["english"],
};
const MIDDLE_EASTERN: Background = Background {
    girls: &["Shirin", "Lana", "Yara", "Rojin", "Dalia", "Parisa"],
    boys: &["Aram", "Omar", "Rebin", "Kian", "Samir", "Dara"],
    women: &["Nasrin", "Rima", "Shler", "Hanan", "Leila"],
    men: &["Karwan", "Bassam", "Reza", "Hassan", "Azad"],
    families: &["Karimi", "Haddad", "Ahmadi", "Salih", "Mansour", "Rostami", "Aziz"],
    religions: &[("muslim", 80), ("christian", 8), ("none", 6), ("not-said", 6)],
    languages: &["arabic", "kurdish", "persian", "english"],
};

/// The background that goes with a code of the list of ethnicities.
pub(super) fn background(ethnicity: &str) -> &'static Background {
    match ethnicity {
        "WOTH" => &EUROPEAN,
        "APKN" => &PAKISTANI,
        "ABAN" => &BANGLADESHI,
        "AIND" => &INDIAN,
        "AOTH" => &ASIAN,
        "CHNE" => &CHINESE,
        "BAFR" | "BOTH" | "MWBA" => &AFRICAN,
        "BCRB" | "MWBC" => &CARIBBEAN,
        "OOTH" => &MIDDLE_EASTERN,
        _ => &BRITISH,
    }
}

/// A first name that is not among these.
pub(super) fn given(dice: &mut Dice, names: &[&'static str], taken: &[&str]) -> &'static str {
    let start = dice.below(names.len());
    (0..names.len())
        .map(|step| names[(start + step) % names.len()])
        .find(|name| !taken.contains(name))
        .unwrap_or(names[start])
}

/// Teachers, health visitors and others who are named and have no record: family names with a title.
pub(super) const TITLED: [&str; 24] = [
    "Mrs Patel",
    "Mr Hale",
    "Miss Brook",
    "Mr Adeyinka",
    "Mrs Lindqvist",
    "Ms Farrow",
    "Mr Okello",
    "Mrs Tully",
    "Ms Begum",
    "Mr Sutcliffe",
    "Miss Tan",
    "Mrs Gallagher",
    "Mr Bose",
    "Ms Ridley",
    "Mrs Ahearne",
    "Mr Penrose",
    "Ms Kaur",
    "Mrs Novak",
    "Mr Fell",
    "Miss Amadi",
    "Mrs Whitby",
    "Mr Yusuf",
    "Ms Carver",
    "Mr Lund",
];
/// First names of foster carers and others who care.
pub(super) const CARERS: [(&str, &str, &str); 18] = [
    ("Ruth", "Ellison", "F"),
    ("Maureen", "Tait", "F"),
    ("Joy", "Bamford", "F"),
    ("Derek", "Lowe", "M"),
    ("Parveen", "Sattar", "F"),
    ("Angela", "Frith", "F"),
    ("Colin", "Marr", "M"),
    ("Sheila", "Dobbs", "F"),
    ("Comfort", "Asante", "F"),
    ("Brian", "Hurst", "M"),
    ("Theresa", "Quill", "F"),
    ("Balbir", "Sandhu", "F"),
    ("Lorna", "Peake", "F"),
    ("Martin", "Tern", "M"),
    ("Hilary", "Stokes", "F"),
    ("Olive", "Reid", "F"),
    ("Janet", "Crewe", "F"),
    ("Yusra", "Habib", "F"),
];
/// Schools of the invented town.
pub(super) const PRIMARIES: [&str; 8] = [
    "Fernside Primary School",
    "Tansy Lane Primary School",
    "St Aldric's Primary School",
    "Millrace Primary School",
    "Coldwater Green School",
    "Larkrise Primary School",
    "Plover Hill Primary School",
    "Brackenhithe Primary School",
];
/// Where they go at eleven.
pub(super) const SECONDARIES: [&str; 4] =
    ["Harrowdale High School", "Netherby Academy", "Tenterfield School", "Lanternfield School"];
