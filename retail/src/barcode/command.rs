//! Command barcodes: Code 128 texts on a printed sheet, with which the common sale needs no keyboard.

use core::fmt;
use core::str::FromStr;

use serde::Serialize;

/// What every command begins with.
pub const PREFIX: &str = "KLR-";
/// The largest quantity a command can set.
pub const MAX_QUANTITY: u16 = 999;

/// What the cashier asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// `KLR-CASH`: pay exact (or rounded) cash.
    Cash,
    /// `KLR-CARD`: pay by card.
    Card,
    /// `KLR-CANCEL`: cancel the sale, or what is being asked.
    Cancel,
    /// `KLR-VOID`: remove the last line.
    Void,
    /// `KLR-QTY-n`: the next article n times.
    Quantity {
        /// 1 to [`MAX_QUANTITY`].
        quantity: u16,
    },
    /// `KLR-REPRINT`: a copy of the last receipt.
    Reprint,
}

/// The text begins like a command but is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// No such word.
    #[error("there is no such command")]
    Unknown,
    /// The quantity is not 1 to [`MAX_QUANTITY`].
    #[error("the quantity of a command is 1 to {MAX_QUANTITY}")]
    Quantity,
}

impl FromStr for Command {
    type Err = CommandError;

    fn from_str(text: &str) -> Result<Self, CommandError> {
        match text.strip_prefix(PREFIX).ok_or(CommandError::Unknown)? {
            "CASH" => Ok(Self::Cash),
            "CARD" => Ok(Self::Card),
            "CANCEL" => Ok(Self::Cancel),
            "VOID" => Ok(Self::Void),
            "REPRINT" => Ok(Self::Reprint),
            other => {
                let digits = other.strip_prefix("QTY-").ok_or(CommandError::Unknown)?;
                let quantity = Some(digits)
                    .filter(|digits| super::check::is_digits(digits))
                    .and_then(|digits| digits.parse().ok())
                    .filter(|quantity| (1..=MAX_QUANTITY).contains(quantity))
                    .ok_or(CommandError::Quantity)?;
                Ok(Self::Quantity { quantity })
            }
        }
    }
}

/// The text of the barcode.
impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cash => f.write_str("KLR-CASH"),
            Self::Card => f.write_str("KLR-CARD"),
            Self::Cancel => f.write_str("KLR-CANCEL"),
            Self::Void => f.write_str("KLR-VOID"),
            Self::Quantity { quantity } => write!(f, "KLR-QTY-{quantity}"),
            Self::Reprint => f.write_str("KLR-REPRINT"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_reads_back() {
        let commands = [
            Command::Cash,
            Command::Card,
            Command::Cancel,
            Command::Void,
            Command::Reprint,
        ];
        let quantities = [1, 12, 999].map(|quantity| Command::Quantity { quantity });
        for command in commands.into_iter().chain(quantities) {
            assert_eq!(command.to_string().parse(), Ok(command));
        }
    }

    #[test]
    fn what_is_none() {
        for (text, error) in [
            ("KLR-", CommandError::Unknown),
            ("KLR-cash", CommandError::Unknown),
            ("CASH", CommandError::Unknown),
            ("KLR-QTY-", CommandError::Quantity),
            ("KLR-QTY-0", CommandError::Quantity),
            ("KLR-QTY-1000", CommandError::Quantity),
            ("KLR-QTY-+5", CommandError::Quantity),
        ] {
            assert_eq!(text.parse::<Command>(), Err(error), "{text}");
        }
    }
}
