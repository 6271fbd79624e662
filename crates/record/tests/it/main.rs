//! The rules of the record, on the packs that ship.

mod access;
mod amending;
mod forms_of_the_pack;
mod reading_a_form;
mod setting_facts;
mod world;
