//! What a buyer would pay for each of some lines, and why.

use std::collections::BTreeMap;

use catalog_contract::{BuyerId, CatalogError, VariantId, VariantOffer, VariantStatus};
use tenon_kernel::CallCtx;
use tenon_seam::{SeamError, SeamResult};

use super::{Service, is_staff};
use crate::domain::price_quote::{PriceQuote, QuoteRequest, quote_line};
use crate::domain::resolution::Candidate;
use crate::domain::rules::Rules;
use crate::store::{candidates, offers};

impl Service {
    /// Prices lines, each by itself, for the caller at this moment; staff may ask for others and other moments. Two
    /// statements, however many lines.
    ///
    /// # Errors
    ///
    /// [`CatalogError::StaffOnly`]; [`CatalogError::Invalid`] naming variants that the caller cannot buy.
    #[tracing::instrument(name = "catalog.quote_prices", skip_all, fields(lines = request.lines.len()))]
    pub(crate) async fn quote_prices(
        &self,
        ctx: &CallCtx,
        request: QuoteRequest,
    ) -> SeamResult<PriceQuote, CatalogError> {
        let is_staff = is_staff(ctx);
        request.check(is_staff).map_err(SeamError::Domain)?;
        let caller = ctx.principal.user();
        let caller = caller.map(|user| BuyerId::from_uuid(user.user));
        let buyer = request.buyer.or(caller);
        let at = request.at.unwrap_or_else(|| self.db.env().now());
        let currency = request.currency;
        let mut variants: Vec<VariantId> =
            request.lines.iter().map(|line| line.variant_id).collect();
        variants.sort_unstable();
        variants.dedup();

        let mut reader = self.db.read(ctx);
        let offers = offers::get(&mut reader, &variants, currency).await?;
        let offers: BTreeMap<VariantId, VariantOffer> =
            offers.into_iter().map(|it| (it.variant_id, it)).collect();
        check_variants(&request, &offers, is_staff)?;
        let rows = if request.explain {
            candidates::all(&mut reader, &variants, currency, buyer).await?
        } else {
            candidates::live(&mut reader, &variants, currency, buyer, at).await?
        };

        let mut rules = Rules::default();
        let mut lines = Vec::with_capacity(request.lines.len());
        for (position, line) in request.lines.iter().enumerate() {
            let mut candidates = rows.get(&line.variant_id).cloned().unwrap_or_default();
            let offer = offers.get(&line.variant_id);
            candidates.extend(offer.and_then(basic));
            let quoted = quote_line(*line, currency, candidates, at, request.explain);
            rules.check(
                quoted.is_some(),
                format_args!("/lines/{position}/quantity"),
                "out_of_range",
                "the line would cost more than can be counted",
            );
            lines.extend(quoted);
        }
        rules.finish().map_err(SeamError::Domain)?;
        Ok(PriceQuote {
            currency,
            at,
            buyer,
            lines,
        })
    }
}

/// The basic price of a variant, as a candidate.
pub(super) fn basic(offer: &VariantOffer) -> Option<Candidate> {
    offer.price.map(|price| Candidate {
        list: None,
        min_quantity: 1,
        amount: price.minor(),
    })
}

/// Names the variants that do not exist, or that only staff may know.
fn check_variants(
    request: &QuoteRequest,
    offers: &BTreeMap<VariantId, VariantOffer>,
    is_staff: bool,
) -> SeamResult<(), CatalogError> {
    let mut rules = Rules::default();
    for (position, line) in request.lines.iter().enumerate() {
        let offer = offers.get(&line.variant_id);
        rules.check(
            offer.is_some_and(|it| is_staff || it.status == VariantStatus::Active),
            format_args!("/lines/{position}/variant_id"),
            "not_found",
            "no such variant is for sale",
        );
    }
    rules.finish().map_err(SeamError::Domain)
}
