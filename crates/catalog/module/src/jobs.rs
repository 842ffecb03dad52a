//! What the catalog does later.

mod expire_reservation;

pub(crate) use self::expire_reservation::ExpireReservation;
