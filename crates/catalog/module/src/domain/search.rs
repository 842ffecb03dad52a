//! Searching the shop: how text becomes words, which words are near each other, and what an answer is made of.

mod answer;
mod document;
mod facets;
mod filter;
mod near;
mod query;
mod words;

pub(crate) use self::answer::{Candidate, Correction, Position, answer, corrections};
pub(crate) use self::document::{Document, FORMAT, Facts, VariantFacts};
pub(crate) use self::facets::{Count, Facets, PriceFacet};
pub(crate) use self::filter::{Availability, Filter, Sort};
pub(crate) use self::near::{keys_of_query, keys_of_term};
pub(crate) use self::query::{Near, Query};
