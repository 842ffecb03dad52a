//! Data that moves while it is used.

mod crash;
mod directions;
mod live;
mod modules;
mod refusals;
mod rows;
mod support;
