//! A small contract through every end: what holds for one must hold for all.

mod contract;
mod ends;
mod faults;
mod layers;
mod rehearsal;
