//! The rules of the record, on the packs that ship.

mod access;
mod amending;
mod dates;
mod forms_of_the_pack;
mod in_turn;
mod kinds;
mod looked;
mod obligations;
mod properties;
mod reading_a_form;
mod reference;
mod setting_facts;
mod world;
