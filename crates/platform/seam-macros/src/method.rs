//! Reads one method of a contract and checks that it can cross the seam.

use syn::spanned::Spanned as _;
use syn::visit::Visit;
use syn::{
    Attribute, Error, FnArg, GenericArgument, Ident, LitInt, LitStr, PathArguments, Result,
    ReturnType, TraitItemFn, Type,
};

/// What the macro needs to know about a method.
pub(crate) struct Method {
    pub(crate) name: Ident,
    pub(crate) request: Type,
    pub(crate) response: Type,
    pub(crate) error: Type,
    pub(crate) kind: Kind,
    pub(crate) timeout_ms: u64,
    pub(crate) max_request: usize,
    pub(crate) max_response: usize,
}

/// Query or command.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Query,
    Command { keyed: bool },
}

impl Method {
    /// Reads the method and takes its `#[query]` or `#[command]` attribute off.
    pub(crate) fn parse(function: &mut TraitItemFn) -> Result<Self> {
        let signature = &function.sig;
        if signature.asyncness.is_none() {
            return Err(Error::new(signature.span(), "a contract method is async"));
        }
        if !signature.generics.params.is_empty() {
            return Err(Error::new(
                signature.generics.span(),
                "a contract method has no generics",
            ));
        }
        if let Some(body) = &function.default {
            return Err(Error::new(
                body.span(),
                "a contract method has no default body",
            ));
        }
        let arguments: Vec<&FnArg> = signature.inputs.iter().collect();
        let [
            FnArg::Receiver(receiver),
            FnArg::Typed(_),
            FnArg::Typed(request),
        ] = arguments.as_slice()
        else {
            return Err(Error::new(
                signature.inputs.span(),
                "a contract method takes `&self, ctx: &CallCtx, req: Request`",
            ));
        };
        if receiver.reference.is_none() || receiver.mutability.is_some() {
            return Err(Error::new(
                receiver.span(),
                "a contract method takes `&self`",
            ));
        }
        let request = (*request.ty).clone();
        let (response, error) = outcome(&signature.output)?;
        for ty in [&request, &response, &error] {
            check_crossing(ty)?;
        }
        let attribute = take_attribute(&mut function.attrs, function.sig.ident.span())?;
        let mut method = Self {
            name: function.sig.ident.clone(),
            request,
            response,
            error,
            kind: Kind::Query,
            timeout_ms: 1_000,
            max_request: 262_144,
            max_response: 4_194_304,
        };
        method.read_attribute(&attribute)?;
        Ok(method)
    }

    fn read_attribute(&mut self, attribute: &Attribute) -> Result<()> {
        let is_command = attribute.path().is_ident("command");
        let mut keyed = None;
        if !matches!(attribute.meta, syn::Meta::Path(_)) {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("timeout") {
                    self.timeout_ms = duration_ms(&meta.value()?.parse::<LitStr>()?)?;
                } else if meta.path.is_ident("max_request") {
                    self.max_request = meta.value()?.parse::<LitInt>()?.base10_parse()?;
                } else if meta.path.is_ident("max_response") {
                    self.max_response = meta.value()?.parse::<LitInt>()?.base10_parse()?;
                } else if meta.path.is_ident("idempotent_by") && is_command {
                    let by = meta.value()?.parse::<LitStr>()?;
                    keyed = Some(match by.value().as_str() {
                        "ctx" => true,
                        "request" => false,
                        _ => return Err(Error::new(by.span(), "`ctx` or `request`")),
                    });
                } else {
                    return Err(meta.error(
                        "expected timeout, max_request, max_response or (command) idempotent_by",
                    ));
                }
                Ok(())
            })?;
        }
        self.kind = match (is_command, keyed) {
            (false, _) => Kind::Query,
            (true, Some(keyed)) => Kind::Command { keyed },
            (true, None) => {
                return Err(Error::new(
                    attribute.span(),
                    "a command says `idempotent_by = \"ctx\"` or `\"request\"`",
                ));
            }
        };
        Ok(())
    }
}

/// Takes `SeamResult<Response, Error>` apart.
fn outcome(output: &ReturnType) -> Result<(Type, Type)> {
    let wrong = || {
        Error::new(
            output.span(),
            "a contract method returns `SeamResult<Response, Error>`",
        )
    };
    let ReturnType::Type(_, ty) = output else {
        return Err(wrong());
    };
    let Type::Path(path) = ty.as_ref() else {
        return Err(wrong());
    };
    let last = path
        .path
        .segments
        .last()
        .filter(|segment| segment.ident == "SeamResult")
        .ok_or_else(wrong)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return Err(wrong());
    };
    let types: Vec<&Type> = arguments
        .args
        .iter()
        .filter_map(|argument| {
            if let GenericArgument::Type(ty) = argument {
                Some(ty)
            } else {
                None
            }
        })
        .collect();
    match types.as_slice() {
        [response, error] => Ok(((*response).clone(), (*error).clone())),
        _ => Err(wrong()),
    }
}

fn take_attribute(attributes: &mut Vec<Attribute>, span: proc_macro2::Span) -> Result<Attribute> {
    let is_ours = |attribute: &Attribute| {
        attribute.path().is_ident("query") || attribute.path().is_ident("command")
    };
    let position = attributes
        .iter()
        .position(is_ours)
        .ok_or_else(|| Error::new(span, "a contract method is marked #[query] or #[command]"))?;
    let attribute = attributes.remove(position);
    if let Some(second) = attributes.iter().find(|attribute| is_ours(attribute)) {
        return Err(Error::new(
            second.span(),
            "a contract method is either a query or a command",
        ));
    }
    Ok(attribute)
}

/// `300ms`, `2s`
fn duration_ms(text: &LitStr) -> Result<u64> {
    let value = text.value();
    let (digits, factor) = match (value.strip_suffix("ms"), value.strip_suffix('s')) {
        (Some(digits), _) => (digits, 1),
        (None, Some(digits)) => (digits, 1_000),
        (None, None) => {
            return Err(Error::new(
                text.span(),
                "a duration such as \"300ms\" or \"2s\"",
            ));
        }
    };
    let number: u64 = digits
        .parse()
        .map_err(|_| Error::new(text.span(), "a whole number of ms or s"))?;
    Ok(number * factor)
}

/// Refuses types that cannot be encoded, or that would change on the way.
fn check_crossing(ty: &Type) -> Result<()> {
    struct Finder(Option<Error>);
    impl<'ast> Visit<'ast> for Finder {
        fn visit_type(&mut self, ty: &'ast Type) {
            let why = match ty {
                Type::Reference(_) => Some("a reference cannot cross the seam: use an owned type"),
                Type::ImplTrait(_) | Type::TraitObject(_) => {
                    Some("a trait cannot cross the seam: use a struct")
                }
                Type::Tuple(_) => Some("a tuple cannot grow: use a struct with named members"),
                Type::Path(path) if path.path.is_ident("f32") || path.path.is_ident("f64") => {
                    Some("floats lose money: use integers or decimal strings")
                }
                Type::Path(path)
                    if path
                        .path
                        .segments
                        .last()
                        .is_some_and(|last| last.ident == "Instant") =>
                {
                    Some("an Instant means nothing to another process: use Timestamp")
                }
                Type::Path(_)
                | Type::Array(_)
                | Type::Group(_)
                | Type::Paren(_)
                | Type::Slice(_) => None,
                _ => Some("this type cannot cross the seam"),
            };
            if let (Some(why), None) = (why, &self.0) {
                self.0 = Some(Error::new(ty.span(), why));
            }
            syn::visit::visit_type(self, ty);
        }
    }
    let mut finder = Finder(None);
    finder.visit_type(ty);
    finder.0.map_or(Ok(()), Err)
}
