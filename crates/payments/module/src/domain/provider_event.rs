//! Events of the provider, as they lie in the inbox.

words! {
    /// What became of an event.
    EventStatus {
        /// Stored; not looked at yet.
        Received = "received",
        /// Taken.
        Processed = "processed",
        /// Nothing here knows what to do with it, yet.
        Parked = "parked",
        /// Parked for a day: a person must look.
        GivenUp = "given_up",
    }
}
