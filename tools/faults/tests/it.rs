//! Every fault fits the repository as it is, and every row that tests decide has one.

use std::path::Path;

use faults::{check::Held, fault::Faults};
use requirements::asvs::Standard;

#[test]
fn every_fault_fits_the_source_and_every_row_has_one() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (standard, found) = (Standard::read(&root).unwrap(), requirements::scan(&root).unwrap());
    let held = Held { root: &root, standard: &standard, tests: &found.tests };
    if let Err(wrong) = held.all(&Faults::read(&root).unwrap()) {
        panic!("{wrong}");
    }
}
