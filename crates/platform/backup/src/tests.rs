//! Shipping and restoring, turn by turn, with the clock in the test's hand.

mod damage;
mod gaps;
mod shipping;
mod world;
