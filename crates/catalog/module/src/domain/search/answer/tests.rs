//! Facets and pages, compared with asking again.

use proptest::prelude::*;
use tenon_kernel::Currency;
use uuid::Uuid;

use super::super::document::VariantFacts;
use super::super::filter::Availability;
use super::*;

fn eur() -> Currency {
    "EUR".parse().expect("known")
}

fn variant() -> impl Strategy<Value = VariantFacts> {
    let price = proptest::option::of(0..60_i64);
    (prop_oneof!["50 g", "100 g", "tin"], any::<bool>(), price).prop_map(
        |(title, in_stock, eur)| VariantFacts {
            title,
            in_stock,
            prices: eur.map(|eur| ("EUR".to_owned(), eur)).into_iter().collect(),
        },
    )
}

fn candidates() -> impl Strategy<Value = Vec<Candidate>> {
    let category = proptest::option::of(prop_oneof!["tea", "coffee"]);
    let one = (
        category,
        proptest::collection::vec(variant(), 0..4),
        0..4_i64,
    );
    proptest::collection::vec(one, 0..20).prop_map(|all| {
        let candidate = |(number, (category, variants, score))| Candidate {
            id: ProductId::from_uuid(Uuid::from_u128(number)),
            facts: Facts { category, variants },
            score,
        };
        (1_u128..).zip(all).map(candidate).collect()
    })
}

fn filter() -> impl Strategy<Value = Filter> {
    let availability = prop_oneof![Just(Availability::InStock), Just(Availability::OutOfStock)];
    (
        proptest::option::of(prop_oneof!["tea", "coffee", "none"]),
        proptest::option::of(prop_oneof!["50 g", "tin"]),
        proptest::option::of(availability),
        any::<bool>(),
        proptest::option::of(0..60_i64),
        proptest::option::of(0..60_i64),
    )
        .prop_map(
            |(category, option, availability, priced, price_min, price_max)| Filter {
                category,
                option,
                availability,
                currency: priced.then(eur),
                price_min: price_min.filter(|_| priced),
                price_max: price_max.filter(|_| priced),
            },
        )
}

fn sort() -> impl Strategy<Value = Sort> {
    prop_oneof![
        Just(Sort::Relevance),
        Just(Sort::Newest),
        Just(Sort::PriceAscending),
        Just(Sort::PriceDescending)
    ]
}

proptest! {
    #[test]
    fn a_choice_finds_what_its_facet_counts(all in candidates(), filter in filter()) {
        let found = answer(&all, &filter, Sort::Newest, None, 100);
        let total = |filter: Filter| answer(&all, &filter, Sort::Newest, None, 100).total;
        for it in &found.facets.categories {
            prop_assert_eq!(it.count, total(Filter { category: Some(it.value.clone()), ..filter.clone() }));
        }
        for it in &found.facets.options {
            prop_assert_eq!(it.count, total(Filter { option: Some(it.value.clone()), ..filter.clone() }));
        }
        for it in &found.facets.availability {
            prop_assert_eq!(it.count, total(Filter { availability: Some(it.value), ..filter.clone() }));
        }
        for it in found.facets.price.iter().flat_map(|price| &price.ranges) {
            let (from, to) = it.value;
            prop_assert_eq!(it.count, total(Filter { price_min: Some(from), price_max: Some(to), ..filter.clone() }));
        }
        // Nothing is left out: what is found is counted under what it is.
        if let Some(category) = &filter.category && found.total > 0 {
            prop_assert!(found.facets.categories.iter().any(|it| it.value == *category && it.count == found.total));
        }
    }

    #[test]
    fn pages_put_together_are_the_whole(all in candidates(), filter in filter(), sort in sort(), limit in 1..5_usize) {
        let whole = answer(&all, &filter, sort, None, 100);
        let (mut pages, mut after) = (Vec::new(), None);
        loop {
            let page = answer(&all, &filter, sort, after, limit);
            prop_assert!(page.ids.len() <= limit);
            prop_assert_eq!((page.total, &page.facets), (whole.total, &whole.facets));
            pages.extend(page.ids);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        prop_assert_eq!(pages, whole.ids);
    }
}

#[test]
fn products_without_a_price_come_last() {
    let priced = |number: u128, eur: Option<i64>| Candidate {
        id: ProductId::from_uuid(Uuid::from_u128(number)),
        facts: Facts {
            category: None,
            variants: vec![VariantFacts {
                title: "one".to_owned(),
                in_stock: true,
                prices: eur.map(|eur| ("EUR".to_owned(), eur)).into_iter().collect(),
            }],
        },
        score: 0,
    };
    let all = [
        priced(1, None),
        priced(2, Some(5)),
        priced(3, Some(3)),
        priced(4, Some(5)),
    ];
    let filter = Filter {
        currency: Some(eur()),
        ..Filter::default()
    };
    let order = |sort| {
        let ids = answer(&all, &filter, sort, None, 10).ids;
        ids.iter().map(|id| id.uuid().as_u128()).collect::<Vec<_>>()
    };
    assert_eq!(order(Sort::PriceAscending), [3, 4, 2, 1]);
    assert_eq!(order(Sort::PriceDescending), [4, 2, 3, 1]);
}
