//! Peers of different versions: values of blessed documents meet today's types, and the reverse.

mod instances;
mod pattern;
mod skew;
mod validator;
