//! Calls to addresses that strangers chose, against listeners that must never see one.

mod egress;
