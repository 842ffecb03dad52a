//! What a postal address and an e-mail address must look like.

use orders_contract::Address;
use tenon_kernel::FieldError;

/// Longest e-mail address (RFC 5321 §4.5.3.1.3).
const MAX_EMAIL: usize = 254;

/// Says what is wrong with an e-mail address; whether it exists only a mail can tell.
pub(crate) fn check_email(pointer: &str, email: &str) -> Option<FieldError> {
    let (local, domain) = email.rsplit_once('@').unwrap_or(("", ""));
    let visible = email.chars().all(|c| !c.is_control() && !c.is_whitespace());
    let plausible = (1..=64).contains(&local.len()) && domain.len() >= 3 && domain.contains('.');
    let shape =
        !domain.starts_with('.') && !domain.ends_with('.') && !local.contains(['<', '>', ',']);
    if email.len() <= MAX_EMAIL && visible && plausible && shape {
        return None;
    }
    Some(FieldError::new(
        pointer,
        "invalid_email",
        "expected an e-mail address of at most 254 characters",
    ))
}

/// Says what is wrong with a postal address, naming each member below `pointer`.
pub(crate) fn check_address(pointer: &str, address: &Address) -> Vec<FieldError> {
    let members = [
        ("name", Some(&address.name), true, 200),
        ("line1", Some(&address.line1), true, 200),
        ("line2", address.line2.as_ref(), false, 200),
        ("city", Some(&address.city), true, 100),
        ("region", address.region.as_ref(), false, 100),
        ("postal_code", address.postal_code.as_ref(), false, 20),
        ("phone", address.phone.as_ref(), false, 40),
    ];
    let mut errors: Vec<FieldError> = members
        .into_iter()
        .filter_map(|(name, value, required, longest)| {
            let value = value?;
            let length = value.chars().count();
            let readable = !value.chars().any(char::is_control) && value.trim() == value;
            let long_enough = length >= usize::from(required);
            if readable && long_enough && length <= longest {
                return None;
            }
            let shortest = u8::from(required);
            let detail = format!("expected {shortest} to {longest} characters on one line, without spaces around them");
            Some(FieldError::new(format!("{pointer}/{name}"), "invalid_text", detail))
        })
        .collect();
    if address.country.len() != 2 || !address.country.bytes().all(|b| b.is_ascii_uppercase()) {
        let detail = "expected an ISO 3166-1 alpha-2 code such as DE";
        errors.push(FieldError::new(
            format!("{pointer}/country"),
            "invalid_country",
            detail,
        ));
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_headers_cannot_be_smuggled_in() {
        assert_eq!(check_email("/email", "ada@example.com"), None);
        for wrong in [
            "",
            "ada",
            "@example.com",
            "ada@x",
            "ada@.com",
            "a b@example.com",
            "ada@example.com\r\nBcc: x@y.z",
        ] {
            assert!(check_email("/email", wrong).is_some(), "{wrong:?}");
        }
    }

    #[test]
    fn wrong_members_of_an_address_are_named() {
        let address = Address {
            name: String::new(),
            line1: "Hauptstraße 1".to_owned(),
            line2: Some(" ".to_owned()),
            city: "Köln".to_owned(),
            region: None,
            postal_code: Some("50667".to_owned()),
            country: "Germany".to_owned(),
            phone: None,
        };
        let pointers: Vec<String> = check_address("/shipping_address", &address)
            .into_iter()
            .map(|error| error.pointer)
            .collect();
        assert_eq!(
            pointers,
            [
                "/shipping_address/name",
                "/shipping_address/line2",
                "/shipping_address/country"
            ]
        );
    }
}
