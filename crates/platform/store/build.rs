//! Rebuilds the crate when a platform migration is added: the macro that embeds them cannot say so on stable.

fn main() {
    println!("cargo:rerun-if-changed=../../../migrations/platform");
}
