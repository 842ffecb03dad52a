//! The `#[contract]` attribute: from one trait to its client, its server and the table of its methods.

mod contract;
mod method;

use proc_macro::TokenStream;

/// Turns a trait into a contract.
///
/// ```ignore
/// #[contract(module = "catalog", version = 1)]
/// pub trait Catalog: Send + Sync + 'static {
///     #[query(timeout = "300ms")]
///     async fn get_variants(&self, ctx: &CallCtx, req: GetVariants) -> SeamResult<Variants, CatalogError>;
///
///     #[command(idempotent_by = "ctx", timeout = "1s")]
///     async fn reserve(&self, ctx: &CallCtx, req: Reserve) -> SeamResult<Reservation, CatalogError>;
/// }
/// ```
///
/// Every method is `#[query]` or `#[command]`, with `timeout` (default `1s`), `max_request` and `max_response`
/// (bytes, default 262144 and 4194304). A command is `idempotent_by = "ctx"` (the call context carries a key) or
/// `idempotent_by = "request"` (the request names what it makes, so doing it twice does nothing twice).
///
/// Besides the trait it makes `CATALOG_METHODS`, `CatalogClient` (layers over an end) and `CatalogServer` (the
/// receiving end). References, generics, `impl Trait`, tuples, floats and default bodies are compile errors.
#[proc_macro_attribute]
pub fn contract(attribute: TokenStream, item: TokenStream) -> TokenStream {
    contract::expand(attribute.into(), item.into())
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}
