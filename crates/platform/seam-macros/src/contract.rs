//! Writes the code of a contract.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::parse::Parser as _;
use syn::{Error, ItemTrait, LitInt, LitStr, Result, TraitItem};

use crate::method::{Kind, Method};

pub(crate) fn expand(attribute: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let (module, version) = read_attribute(attribute)?;
    let mut contract: ItemTrait = syn::parse2(item)?;
    if !contract.generics.params.is_empty() {
        return Err(Error::new_spanned(
            &contract.generics,
            "a contract has no generics",
        ));
    }
    let mut methods = Vec::new();
    for item in &mut contract.items {
        match item {
            TraitItem::Fn(function) => methods.push(Method::parse(function)?),
            other => {
                return Err(Error::new_spanned(
                    other,
                    "a contract consists of async methods",
                ));
            }
        }
    }
    if methods.is_empty() {
        return Err(Error::new_spanned(
            &contract,
            "a contract has at least one method",
        ));
    }
    let table = table(&contract.ident, &module, &version, &methods);
    let client = client(&contract.ident, &methods);
    let server = server(&contract.ident, &module, &version, &methods);
    Ok(quote! {
        #[::tenon_seam::private::async_trait]
        #contract
        #table
        #client
        #server
    })
}

fn read_attribute(attribute: TokenStream) -> Result<(LitStr, LitInt)> {
    let mut module = None;
    let mut version = None;
    let parser = syn::meta::parser(|meta| {
        if meta.path.is_ident("module") {
            module = Some(meta.value()?.parse::<LitStr>()?);
        } else if meta.path.is_ident("version") {
            version = Some(meta.value()?.parse::<LitInt>()?);
        } else {
            return Err(meta.error("expected module or version"));
        }
        Ok(())
    });
    parser.parse2(attribute)?;
    let missing = |what| {
        Error::new(
            proc_macro2::Span::call_site(),
            format!("#[contract] needs `{what}`"),
        )
    };
    Ok((
        module.ok_or_else(|| missing("module"))?,
        version.ok_or_else(|| missing("version"))?,
    ))
}

fn table_name(contract: &Ident) -> Ident {
    format_ident!("{}_METHODS", contract.to_string().to_uppercase())
}

fn table(contract: &Ident, module: &LitStr, version: &LitInt, methods: &[Method]) -> TokenStream {
    let table = table_name(contract);
    let count = methods.len();
    let rows = methods.iter().enumerate().map(|(index, method)| {
        let Method {
            request,
            response,
            error,
            timeout_ms,
            max_request,
            max_response,
            ..
        } = method;
        let name = method.name.to_string();
        let kind = match method.kind {
            Kind::Query => quote!(::tenon_seam::MethodKind::Query),
            Kind::Command { keyed } => quote!(::tenon_seam::MethodKind::Command { keyed: #keyed }),
        };
        quote! {
            ::tenon_seam::Method {
                module: #module,
                version: #version,
                name: #name,
                index: #index,
                kind: #kind,
                timeout: ::std::time::Duration::from_millis(#timeout_ms),
                max_request: #max_request,
                max_response: #max_response,
                request: ::tenon_seam::private::schema_of::<#request>,
                response: ::tenon_seam::private::schema_of::<#response>,
                error: ::tenon_seam::private::schema_of::<#error>,
                recode_request: ::tenon_seam::private::recode_as::<#request>,
                recode_response: ::tenon_seam::private::recode_as::<#response>,
                recode_error: ::tenon_seam::private::recode_as::<#error>,
            }
        }
    });
    let doc = format!("Methods of [`{contract}`], in the order of the trait.");
    quote! {
        #[doc = #doc]
        pub static #table: [::tenon_seam::Method; #count] = [#(#rows),*];
    }
}

fn client(contract: &Ident, methods: &[Method]) -> TokenStream {
    let client = format_ident!("{contract}Client");
    let server = format_ident!("{contract}Server");
    let table = table_name(contract);
    let bodies = methods.iter().enumerate().map(|(index, method)| {
        let Method { name, request, response, error, .. } = method;
        quote! {
            async fn #name(
                &self,
                ctx: &::tenon_kernel::CallCtx,
                req: #request,
            ) -> ::tenon_seam::SeamResult<#response, #error> {
                let mut call = self.edge.admit(&#table[#index], ctx, &req).await?;
                match &self.binding {
                    ::tenon_seam::private::Binding::Local(end) => {
                        let mut req = ::core::option::Option::Some(req);
                        loop {
                            let pass = call.begin()?;
                            let req = call.request(&mut req);
                            let outcome = call.run(pass, end.#name(call.ctx(), req)).await;
                            if let ::core::ops::ControlFlow::Break(outcome) = call.settle(outcome).await {
                                return outcome;
                            }
                        }
                    }
                    ::tenon_seam::private::Binding::Encoded(end) => loop {
                        let pass = call.begin()?;
                        let attempt = ::tenon_seam::private::call(end.as_ref(), &#table[#index], call.ctx(), &req);
                        let outcome = call.run(pass, attempt).await;
                        if let ::core::ops::ControlFlow::Break(outcome) = call.settle(outcome).await {
                            return outcome;
                        }
                    },
                }
            }
        }
    });
    let doc = format!(
        "[`{contract}`] as another module sees it: the layers of an edge over one of its ends."
    );
    quote! {
        #[doc = #doc]
        pub struct #client {
            edge: ::tenon_seam::Edge,
            binding: ::tenon_seam::private::Binding<dyn #contract>,
        }

        impl #client {
            /// Connects `caller` by the end that the settings name; `None` if the module is not in this process.
            ///
            /// # Errors
            ///
            /// Settings that contradict each other, or where the module is: names the setting.
            pub fn connect(
                seam: &::tenon_seam::Seam,
                caller: &'static str,
                implementation: ::core::option::Option<::std::sync::Arc<dyn #contract>>,
            ) -> ::core::result::Result<::std::sync::Arc<dyn #contract>, ::tenon_seam::SetupError> {
                let (edge, binding) = seam.bind(caller, &#table, implementation, |implementation| {
                    ::std::sync::Arc::new(#server::new(implementation)) as ::std::sync::Arc<dyn ::tenon_seam::Dispatch>
                })?;
                ::core::result::Result::Ok(::std::sync::Arc::new(Self { edge, binding }))
            }
        }

        #[::tenon_seam::private::async_trait]
        impl #contract for #client {
            #(#bodies)*
        }
    }
}

fn server(contract: &Ident, module: &LitStr, version: &LitInt, methods: &[Method]) -> TokenStream {
    let server = format_ident!("{contract}Server");
    let table = table_name(contract);
    let arms = methods.iter().enumerate().map(|(index, method)| {
        let Method { name, request, .. } = method;
        let text = name.to_string();
        quote! {
            #text => {
                let method = &#table[#index];
                match ::tenon_seam::private::open::<#request>(method, &call) {
                    Ok((ctx, req)) => {
                        let outcome = self.implementation.#name(&ctx, req).await;
                        ::tenon_seam::private::close(method, &ctx, outcome)
                    }
                    Err(fault) => ::tenon_seam::WireReply::fault(fault),
                }
            }
        }
    });
    let doc = format!(
        "The receiving end of [`{contract}`]: decodes calls, runs them, encodes the outcome."
    );
    quote! {
        #[doc = #doc]
        pub struct #server {
            implementation: ::std::sync::Arc<dyn #contract>,
        }

        impl #server {
            /// Puts the receiving end before an implementation.
            pub fn new(implementation: ::std::sync::Arc<dyn #contract>) -> Self {
                Self { implementation }
            }
        }

        #[::tenon_seam::private::async_trait]
        impl ::tenon_seam::Dispatch for #server {
            fn module(&self) -> &'static str {
                #module
            }

            fn surface(&self) -> ::tenon_seam::Surface {
                ::tenon_seam::Surface::Contract { version: #version }
            }

            fn is_query(&self, method: &str) -> bool {
                ::tenon_seam::private::is_query(&#table, method)
            }

            async fn dispatch(&self, call: ::tenon_seam::WireCall) -> ::tenon_seam::WireReply {
                match call.method.as_str() {
                    #(#arms)*
                    _ => ::tenon_seam::private::unknown_method(&call),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(methods: TokenStream) -> String {
        let item = quote!(pub trait M: Send + Sync + 'static { #methods });
        match expand(quote!(module = "m", version = 1), item) {
            Ok(code) => format!("accepted: {code}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_proper_contract_is_accepted() {
        let text = refusal(quote! {
            #[command(idempotent_by = "ctx", timeout = "2s", max_request = 100, max_response = 200)]
            async fn put(&self, ctx: &CallCtx, req: Put) -> SeamResult<Done, PutError>;
        });
        assert!(text.starts_with("accepted"), "{text}");
        assert!(
            text.contains("M_METHODS") && text.contains("MClient") && text.contains("MServer"),
            "{text}"
        );
        assert!(text.contains("from_millis (2000u64)"), "{text}");
    }

    #[test]
    fn what_cannot_cross_the_seam_is_refused_with_the_reason() {
        let get = |signature: TokenStream| refusal(quote! { #[query] #signature });
        let cases = [
            (
                get(quote!(
                    async fn get(&self, ctx: &CallCtx, req: &str) -> SeamResult<String, E>;
                )),
                "owned type",
            ),
            (
                get(quote!(
                    async fn get(&self, ctx: &CallCtx, req: R) -> SeamResult<Vec<f64>, E>;
                )),
                "floats lose money",
            ),
            (
                get(quote!(
                    async fn get(&self, ctx: &CallCtx, req: R) -> SeamResult<(A, B), E>;
                )),
                "tuple cannot grow",
            ),
            (
                get(quote!(
                    async fn get(&self, ctx: &CallCtx, req: Instant) -> SeamResult<A, E>;
                )),
                "use Timestamp",
            ),
            (
                get(quote!(
                    async fn get(&self, ctx: &CallCtx, req: impl Clone) -> SeamResult<A, E>;
                )),
                "use a struct",
            ),
            (
                get(quote!(
                    async fn get<T>(&self, ctx: &CallCtx, req: T) -> SeamResult<A, E>;
                )),
                "no generics",
            ),
            (
                get(quote!(
                    async fn get(&self, ctx: &CallCtx, req: R) -> SeamResult<A, E> {
                        Ok(req)
                    }
                )),
                "default body",
            ),
            (
                get(quote!(
                    fn get(&self, ctx: &CallCtx, req: R) -> SeamResult<A, E>;
                )),
                "is async",
            ),
            (
                get(quote!(
                    async fn get(&mut self, ctx: &CallCtx, req: R) -> SeamResult<A, E>;
                )),
                "takes `&self`",
            ),
            (
                get(quote!(
                    async fn get(&self, req: R) -> SeamResult<A, E>;
                )),
                "ctx: &CallCtx",
            ),
            (
                get(quote!(
                    async fn get(&self, ctx: &CallCtx, req: R) -> Result<A, E>;
                )),
                "returns `SeamResult",
            ),
            (
                refusal(quote!(
                    async fn get(&self, ctx: &CallCtx, req: R) -> SeamResult<A, E>;
                )),
                "#[query] or #[command]",
            ),
            (
                refusal(quote!(
                    #[command]
                    async fn put(&self, ctx: &CallCtx, req: R) -> SeamResult<A, E>;
                )),
                "idempotent_by",
            ),
            (
                refusal(quote!(
                    type T;
                )),
                "async methods",
            ),
            (refusal(quote!()), "at least one method"),
        ];
        for (said, wanted) in cases {
            assert!(said.contains(wanted), "wanted `{wanted}`, but: {said}");
        }
    }
}
