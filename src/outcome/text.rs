//! What is said about an outcome, in the language of the cashier and the customer. The sentences
//! stand in `texts/<language>/outcomes.ftl` (Fluent): one message per code, with an attribute for
//! the cashier and one for the customer.

use std::sync::LazyLock;

use firmware_protocols::vocabulary::{Currency, Money};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

use super::code::Code;

/// A language of the catalogue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Norwegian Bokmål.
    Norwegian,
    /// Danish.
    Danish,
    /// Swedish.
    Swedish,
    /// Lithuanian.
    Lithuanian,
    /// German.
    German,
}

impl Language {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::English,
        Self::Norwegian,
        Self::Danish,
        Self::Swedish,
        Self::Lithuanian,
        Self::German,
    ];

    /// Its tag on the wire and in the configuration.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Norwegian => "nb",
            Self::Danish => "da",
            Self::Swedish => "sv",
            Self::Lithuanian => "lt",
            Self::German => "de",
        }
    }

    /// The language of that tag.
    #[must_use]
    pub fn by_tag(tag: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|language| language.tag() == tag)
    }

    /// The tags, for an error about a wrong one.
    #[must_use]
    pub fn tags() -> String {
        let tags: Vec<&str> = Self::ALL.iter().map(|language| language.tag()).collect();
        tags.join(", ")
    }

    /// Its sentences, as they stand in the file.
    pub(super) const fn source(self) -> &'static str {
        match self {
            Self::English => include_str!("texts/en/outcomes.ftl"),
            Self::Norwegian => include_str!("texts/nb/outcomes.ftl"),
            Self::Danish => include_str!("texts/da/outcomes.ftl"),
            Self::Swedish => include_str!("texts/sv/outcomes.ftl"),
            Self::Lithuanian => include_str!("texts/lt/outcomes.ftl"),
            Self::German => include_str!("texts/de/outcomes.ftl"),
        }
    }

    /// `800.00 NOK` in English, `800,00 NOK` elsewhere.
    fn amount(self, money: Money) -> String {
        let text = money.to_string();
        match self {
            Self::English => text,
            Self::Norwegian | Self::Danish | Self::Swedish | Self::Lithuanian | Self::German => {
                text.replace('.', ",")
            }
        }
    }
}

/// Who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Behind the counter: what is the matter and what to do.
    Cashier,
    /// In front of it: nothing about how the shop works inside.
    Customer,
}

impl Audience {
    const fn attribute(self) -> &'static str {
        match self {
            Self::Cashier => "cashier",
            Self::Customer => "customer",
        }
    }
}

/// What some sentences name. What is not known is left out of the sentence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// What is left.
    pub amount: Option<Money>,
    /// The currency that would fit.
    pub currency: Option<Currency>,
    /// A line of an order.
    pub line: Option<String>,
    /// A terminal.
    pub terminal: Option<String>,
}

impl Facts {
    /// The placeholders, by name. Sentences choose other words where they find `none`.
    fn arguments(&self, language: Language) -> FluentArgs<'static> {
        let amount = self.amount.map(|amount| language.amount(amount));
        let currency = self.currency.map(|currency| currency.code().to_owned());
        let mut arguments = FluentArgs::new();
        for (name, value) in [
            ("amount", amount),
            ("currency", currency),
            ("line", self.line.clone()),
            ("terminal", self.terminal.clone()),
        ] {
            arguments.set(name, value.unwrap_or_else(|| "none".to_owned()));
        }
        arguments
    }
}

/// What is said about `code`.
#[must_use]
pub fn text(code: Code, language: Language, audience: Audience, facts: &Facts) -> String {
    let arguments = facts.arguments(language);
    // The tests leave no sentence out; a name is still better than silence.
    said(language, code.name(), audience, &arguments).map_or_else(
        || code.name().to_owned(),
        |(sentence, _)| sentence.replace('\n', " "),
    )
}

type Bundle = FluentBundle<FluentResource>;

/// The sentence, and what is wrong with it.
pub(super) fn said(
    language: Language,
    name: &str,
    audience: Audience,
    arguments: &FluentArgs<'_>,
) -> Option<(String, Vec<String>)> {
    let (_, bundle) = BUNDLES.iter().find(|(of, _)| *of == language)?;
    let attribute = bundle
        .get_message(name)?
        .get_attribute(audience.attribute())?;
    let mut errors = Vec::new();
    let sentence = bundle.format_pattern(attribute.value(), Some(arguments), &mut errors);
    let faults = errors.iter().map(ToString::to_string).collect();
    Some((sentence.into_owned(), faults))
}

static BUNDLES: LazyLock<Vec<(Language, Bundle)>> = LazyLock::new(|| {
    let bundle = |&language| (language, bundle(language));
    Language::ALL.iter().map(bundle).collect()
});

fn bundle(language: Language) -> Bundle {
    let tag: LanguageIdentifier = language.tag().parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![tag]);
    // All six languages are written from left to right: no marks around what is filled in.
    bundle.set_use_isolating(false);
    let resource = match FluentResource::try_new(language.source().to_owned()) {
        Ok(resource) => resource,
        // What could be read; the tests do not let this happen.
        Err((resource, _)) => resource,
    };
    bundle.add_resource_overriding(resource);
    bundle
}
