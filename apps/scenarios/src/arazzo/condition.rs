//! Conditions: `$statusCode == 200 && $response.body#/status == 'completed'`.

use anyhow::{Result, bail};
use serde_json::{Number, Value};

use super::expression::{Expression, Scope};

/// A condition, read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    Or(Box<Condition>, Box<Condition>),
    And(Box<Condition>, Box<Condition>),
    Not(Box<Condition>),
    Compared(Operand, Comparison, Operand),
    /// Holds if the value is true.
    Value(Operand),
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Operand {
    Literal(Value),
    Expression(String),
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

/// Longer signs first.
const SIGNS: [(&str, Comparison); 6] = [
    ("==", Comparison::Equal),
    ("!=", Comparison::NotEqual),
    ("<=", Comparison::AtMost),
    (">=", Comparison::AtLeast),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
];

impl Condition {
    /// Reads a condition.
    ///
    /// # Errors
    ///
    /// With what cannot be read.
    pub(crate) fn read(text: &str) -> Result<Self> {
        let mut reader = Reader { rest: text.trim() };
        let condition = reader.any()?;
        if !reader.rest.is_empty() {
            bail!("`{}` is left over in `{text}`", reader.rest);
        }
        Ok(condition)
    }

    /// Whether it holds.
    ///
    /// # Errors
    ///
    /// If a value is not there, or two values have no order.
    pub(crate) fn holds(&self, scope: &Scope) -> Result<bool> {
        Ok(match self {
            Self::Or(one, other) => one.holds(scope)? || other.holds(scope)?,
            Self::And(one, other) => one.holds(scope)? && other.holds(scope)?,
            Self::Not(one) => !one.holds(scope)?,
            Self::Compared(one, comparison, other) => {
                compared(&one.value(scope)?, *comparison, &other.value(scope)?)?
            }
            Self::Value(one) => one.value(scope)? == Value::Bool(true),
        })
    }

    /// Every expression in it.
    pub(crate) fn expressions(&self) -> Vec<&str> {
        match self {
            Self::Or(one, other) | Self::And(one, other) => {
                let mut found = one.expressions();
                found.extend(other.expressions());
                found
            }
            Self::Not(one) => one.expressions(),
            Self::Compared(one, _, other) => one
                .expression()
                .into_iter()
                .chain(other.expression())
                .collect(),
            Self::Value(one) => one.expression().into_iter().collect(),
        }
    }
}

impl Operand {
    fn value(&self, scope: &Scope) -> Result<Value> {
        match self {
            Self::Literal(value) => Ok(value.clone()),
            Self::Expression(text) => scope.value(text),
        }
    }

    fn expression(&self) -> Option<&str> {
        match self {
            Self::Expression(text) => Some(text),
            Self::Literal(_) => None,
        }
    }
}

fn compared(one: &Value, comparison: Comparison, other: &Value) -> Result<bool> {
    let are_equal = match (one, other) {
        // The specification compares texts without regard to case.
        (Value::String(one), Value::String(other)) => one.eq_ignore_ascii_case(other),
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        _ => one == other,
    };
    let ordering = match (one, other) {
        (Value::String(one), Value::String(other)) => one.partial_cmp(other),
        (Value::Number(one), Value::Number(other)) => one.as_f64().partial_cmp(&other.as_f64()),
        _ => None,
    };
    Ok(match (comparison, ordering) {
        (Comparison::Equal, _) => are_equal,
        (Comparison::NotEqual, _) => !are_equal,
        (_, None) => bail!("{one} and {other} have no order"),
        (Comparison::Less, Some(ordering)) => ordering.is_lt(),
        (Comparison::AtMost, Some(ordering)) => ordering.is_le(),
        (Comparison::Greater, Some(ordering)) => ordering.is_gt(),
        (Comparison::AtLeast, Some(ordering)) => ordering.is_ge(),
    })
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn any(&mut self) -> Result<Condition> {
        let mut condition = self.all()?;
        while self.takes("||") {
            condition = Condition::Or(Box::new(condition), Box::new(self.all()?));
        }
        Ok(condition)
    }

    fn all(&mut self) -> Result<Condition> {
        let mut condition = self.one()?;
        while self.takes("&&") {
            condition = Condition::And(Box::new(condition), Box::new(self.one()?));
        }
        Ok(condition)
    }

    fn one(&mut self) -> Result<Condition> {
        if self.takes("!") {
            return Ok(Condition::Not(Box::new(self.one()?)));
        }
        if self.takes("(") {
            let condition = self.any()?;
            if !self.takes(")") {
                bail!("a bracket is not closed before `{}`", self.rest);
            }
            return Ok(condition);
        }
        let operand = self.operand()?;
        for (sign, comparison) in SIGNS {
            if self.takes(sign) {
                return Ok(Condition::Compared(operand, comparison, self.operand()?));
            }
        }
        Ok(Condition::Value(operand))
    }

    fn operand(&mut self) -> Result<Operand> {
        if let Some(text) = self.rest.strip_prefix('\'') {
            return self.quoted(text);
        }
        let end = self
            .rest
            .find(|c: char| {
                c.is_whitespace() || matches!(c, ')' | '=' | '!' | '<' | '>' | '&' | '|')
            })
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        let literal = match word {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            _ if word.starts_with('$') => {
                Expression::read(word)?;
                return Ok(Operand::Expression(word.to_owned()));
            }
            _ => match word.parse::<Number>() {
                Ok(number) => Value::Number(number),
                Err(_) => bail!("`{word}` is no value"),
            },
        };
        Ok(Operand::Literal(literal))
    }

    /// A text up to the next quotation mark; two of them stand for one.
    fn quoted(&mut self, mut text: &str) -> Result<Operand> {
        let mut value = String::new();
        loop {
            let Some(end) = text.find('\'') else {
                bail!("the text `{}` does not end", self.rest);
            };
            value.push_str(&text[..end]);
            text = &text[end + 1..];
            match text.strip_prefix('\'') {
                Some(rest) => {
                    value.push('\'');
                    text = rest;
                }
                None => break,
            }
        }
        let used = self.rest.len() - text.len();
        self.rest = self.rest[used..].trim_start();
        Ok(Operand::Literal(Value::String(value)))
    }

    fn takes(&mut self, sign: &str) -> bool {
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests;
