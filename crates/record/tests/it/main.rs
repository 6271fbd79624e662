//! The rules of the record, on the packs that ship.

mod access;
mod reading_a_form;
mod setting_facts;
mod world;
