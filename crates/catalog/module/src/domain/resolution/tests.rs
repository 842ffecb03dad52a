//! One rule, whatever the order of rows.

use proptest::prelude::*;
use tenon_kernel::Timestamp;
use uuid::Uuid;

use super::*;

const NOW: i64 = 100;

fn at(second: i64) -> Timestamp {
    Timestamp::from_unix_seconds(second)
}

fn listing(number: u128, priority: i64) -> Listing {
    Listing {
        id: PriceListId::from_uuid(Uuid::from_u128(number)),
        name: format!("list {number}"),
        priority,
        status: Status::Active,
        valid_from: None,
        valid_until: None,
        is_for_buyer: true,
    }
}

fn row(list: &Listing, min_quantity: i64, amount: i64) -> Candidate {
    Candidate {
        list: Some(list.clone()),
        min_quantity,
        amount,
    }
}

fn base(amount: i64) -> Candidate {
    Candidate {
        list: None,
        min_quantity: 1,
        amount,
    }
}

fn verdicts(candidates: &[Candidate], quantity: i64) -> Vec<Verdict> {
    resolve(candidates, quantity, at(NOW)).verdicts
}

#[test]
fn each_loser_is_told_why() {
    use Verdict as V;
    let best = listing(1, 7);
    let twin = listing(2, 7);
    let low = listing(3, 6);
    let mut draft = listing(4, 9);
    draft.status = Status::Draft;
    let mut archived = listing(5, 9);
    archived.status = Status::Archived;
    let mut early = listing(6, 9);
    early.valid_from = Some(at(NOW + 1));
    let mut late = listing(7, 9);
    late.valid_until = Some(at(NOW));
    let mut others = listing(8, 9);
    others.is_for_buyer = false;
    let candidates = [
        base(1),
        row(&best, 1, 50),
        row(&best, 10, 40),
        row(&best, 11, 1),
        row(&twin, 10, 40),
        row(&listing(9, 7), 10, 41),
        row(&low, 1, 2),
        row(&draft, 1, 1),
        row(&archived, 1, 1),
        row(&early, 1, 1),
        row(&late, 1, 1),
        row(&others, 1, 1),
    ];
    assert_eq!(
        verdicts(&candidates, 10),
        [
            V::ListPriceApplies,
            V::HigherTierReached,
            V::Won,
            V::TierNotReached,
            V::YoungerList,
            V::Dearer,
            V::LowerPriority,
            V::Draft,
            V::Archived,
            V::NotYetValid,
            V::Expired,
            V::WrongGroup,
        ]
    );
    assert_eq!(verdicts(&candidates[..1], 1), [V::Won]);
}

#[test]
fn dates_are_half_open() {
    let mut list = listing(1, 0);
    list.valid_from = Some(at(50));
    list.valid_until = Some(at(60));
    let candidates = [base(9), row(&list, 1, 5)];
    let price = |second| {
        let winner = resolve(&candidates, 1, at(second)).winner;
        candidates[winner.expect("a price")].amount
    };
    assert_eq!([49, 50, 59, 60].map(price), [9, 5, 5, 9]);
}

/// A list that is only for many pieces leaves few to the basic price, even where its priority is higher.
#[test]
fn a_ladder_has_a_step_where_the_price_changes() {
    let candidates = [
        base(100),
        row(&listing(1, 5), 10, 90),
        row(&listing(1, 5), 20, 90),
        row(&listing(2, 1), 5, 95),
        row(&listing(2, 1), 50, 10),
    ];
    let steps: Vec<_> = ladder(&candidates, at(NOW))
        .iter()
        .map(|step| (step.min_quantity, step.amount))
        .collect();
    assert_eq!(steps, [(1, 100), (5, 95), (10, 90)]);
    assert!(ladder(&[], at(NOW)).is_empty());
    let many_only = ladder(&[row(&listing(1, 5), 10, 90)], at(NOW));
    assert_eq!(many_only[0].min_quantity, 10);
}

prop_compose! {
    /// A list with what can be wrong with it; whole shops have few of each so that ties are common.
    fn any_listing()(
        number in 0..5_u128, priority in 0..3_i64, status in 0..5_u8,
        from in prop::option::of(98..102_i64), until in prop::option::of(98..103_i64), is_for_buyer in any::<bool>(),
    ) -> Listing {
        let mut list = listing(number, priority);
        list.status = [Status::Active, Status::Active, Status::Active, Status::Draft, Status::Archived]
            [usize::from(status)];
        list.valid_from = from.map(at);
        list.valid_until = until.map(at);
        list.is_for_buyer = is_for_buyer;
        list
    }
}

/// Rows of at most five lists, each quantity once in a list, and perhaps a basic price.
fn any_candidates() -> impl Strategy<Value = Vec<Candidate>> {
    let rows = prop::collection::vec((any_listing(), 1..6_i64, 0..4_i64), 0..20);
    (rows, prop::option::of(0..4_i64)).prop_map(|(rows, basic)| {
        let mut lists = BTreeMap::new();
        let mut made: BTreeMap<_, Candidate> = BTreeMap::new();
        for (list, min_quantity, amount) in rows {
            let list = lists.entry(list.id).or_insert(list).clone();
            made.insert((list.id, min_quantity), row(&list, min_quantity, amount));
        }
        made.into_values().chain(basic.map(base)).collect()
    })
}

proptest! {
    #[test]
    fn the_order_of_rows_decides_nothing(
        (candidates, shuffled) in any_candidates()
            .prop_flat_map(|it| (Just(it.clone()), Just(it).prop_shuffle())),
        quantity in 1..8_i64,
    ) {
        let told = |candidates: &[Candidate]| {
            let found = resolve(candidates, quantity, at(NOW));
            let winner = found.winner.map(|place| candidates[place].clone());
            let mut told: Vec<_> = candidates
                .iter()
                .zip(found.verdicts)
                .map(|(it, verdict)| (it.list_id(), it.min_quantity, it.amount, verdict))
                .collect();
            told.sort_unstable();
            (winner, told)
        };
        prop_assert_eq!(told(&candidates), told(&shuffled));
        prop_assert_eq!(ladder(&candidates, at(NOW)), ladder(&shuffled, at(NOW)));
    }

    #[test]
    fn exactly_the_winner_won_and_nothing_else_could_have(
        candidates in any_candidates(), quantity in 1..8_i64,
    ) {
        let found = resolve(&candidates, quantity, at(NOW));
        let won: Vec<_> = (0..candidates.len())
            .filter(|place| found.verdicts[*place] == Verdict::Won)
            .collect();
        prop_assert_eq!(won, found.winner.into_iter().collect::<Vec<_>>());
        let takes_part = |it: &Candidate| it.own_fault(quantity, at(NOW)).is_none();
        prop_assert_eq!(found.winner.is_some(), candidates.iter().any(takes_part));
        if let Some(winner) = found.winner.map(|place| &candidates[place]) {
            for other in candidates.iter().filter(|it| takes_part(it) && it.list.is_some()) {
                let list = winner.list.as_ref().expect("a list takes part");
                prop_assert!(list.priority >= other.list.as_ref().expect("filtered").priority);
            }
        }
    }

    /// Candidates that cannot win may be left out, as the query of carts does, and the ladder says what `resolve` says.
    #[test]
    fn a_ladder_is_what_resolve_says_in_each_quantity(candidates in any_candidates()) {
        let live: Vec<_> = candidates
            .iter()
            .filter(|it| !matches!(
                it.own_fault(i64::MAX, at(NOW)),
                Some(Verdict::Draft | Verdict::Archived | Verdict::NotYetValid | Verdict::Expired | Verdict::WrongGroup)
            ))
            .cloned()
            .collect();
        let steps = ladder(&live, at(NOW));
        for quantity in 1..10 {
            let by_step = steps.iter().rev().find(|step| step.min_quantity <= quantity);
            let by_rule = resolve(&candidates, quantity, at(NOW)).winner;
            prop_assert_eq!(by_step.map(|step| step.amount), by_rule.map(|it| candidates[it].amount));
        }
    }
}
