//! The catalogue is complete: every code, every language, every foreign code.

use std::collections::BTreeSet;

use firmware_protocols::vocabulary::{Currency, Money};
use fluent_bundle::{FluentArgs, FluentResource};

use super::code::{Code, NextAction, RetrySafety};
use super::foreign::{Foreign, State, System, from_foreign, of_system};
use super::text::{Audience, Facts, Language, said, text};

const AUDIENCES: [Audience; 2] = [Audience::Cashier, Audience::Customer];

/// The foreign codes that must have a place, and how many of them carry a state.
const EXPECTED: &[(System, usize, &str)] = &[
    (
        System::D365,
        0,
        "CCR001 CCR002 CCR003 CCR004 CCR005 CCR006 CCR007 CCR008 CCR009 CCR010 CCR011 CCR012 CCR013 \
         CCR014 CCR015 CCR016 CCR017 CCR018 CCR019 CCR020 CCR021 CCR022 CCR023 CCR024 CCR025 CCR026 \
         CCR027 CCR028",
    ),
    (
        System::Fundraising,
        19,
        "100001 100002 100003 100101 100102 100103 100104 200001 200002 200003 200004 200005 300001 \
         300002 300003 300004 300005 300006 300101",
    ),
    (
        System::Brp,
        0,
        "9 10 11 12 13 14 15 100 101 102 103 104 105 106 107 108 109 110 111 200 201 202 203 204 205 \
         206 207 208 300 301 302 303 304 305 400 500 501 502 503 504 505 506 902",
    ),
    (
        System::Dintero,
        0,
        "initialized on_hold authorized partially_captured captured authorization_voided \
         partially_refunded refunded rejected failed",
    ),
];

#[test]
fn every_foreign_code_becomes_one_of_ours_once() {
    let mut total = 0;
    for (system, states, codes) in EXPECTED {
        let mapped: Vec<&str> = of_system(*system).map(|foreign| foreign.code).collect();
        let expected: Vec<&str> = codes.split_whitespace().collect();
        assert_eq!(mapped, expected, "{}", system.name());
        let with_state = of_system(*system).filter(|foreign| foreign.state.is_some());
        assert_eq!(with_state.count(), *states, "{}", system.name());
        total += mapped.len();
    }
    assert_eq!(total, 100);
}

#[test]
fn foreign_codes_that_matter_most() {
    for (system, code, state, becomes) in [
        (System::D365, "CCR002", None, Code::CardDeclined),
        (System::D365, "CCR011", None, Code::ExceedsFloorLimit),
        (System::D365, "CCR023", None, Code::PaymentAlreadyVoided),
        (System::D365, "CCR025", None, Code::InDoubt),
        (System::D365, "CCR027", None, Code::OrderChanged),
        (
            System::Fundraising,
            "300001",
            Some(State::AwaitingRetry),
            Code::AwaitingRetry,
        ),
        (
            System::Fundraising,
            "300002",
            Some(State::Failed),
            Code::CaptureFailed,
        ),
        (
            System::Dintero,
            "authorization_voided",
            None,
            Code::PaymentAlreadyVoided,
        ),
    ] {
        let expected = Foreign {
            system,
            code,
            state,
            becomes,
        };
        assert_eq!(from_foreign(system, code), Some(&expected));
    }
    assert_eq!(from_foreign(System::Brp, "CCR002"), None);
}

/// There and back: a code that some foreign codes become names one of those.
#[test]
fn refs_are_known_and_agree_with_the_way_here() {
    for code in Code::ALL {
        let mut systems = BTreeSet::new();
        for (system, foreign) in code.refs() {
            let name = code.name();
            assert!(systems.insert(*system), "{name}: {} twice", system.name());
            assert!(
                from_foreign(*system, foreign).is_some(),
                "{name}: {} has no {foreign}",
                system.name()
            );
        }
        for system in System::ALL {
            let here: Vec<&str> = of_system(*system)
                .filter(|foreign| foreign.becomes == *code)
                .map(|foreign| foreign.code)
                .collect();
            let back = code.refs().iter().find(|(of, _)| of == system);
            assert!(
                here.is_empty() || back.is_some_and(|(_, back)| here.contains(back)),
                "{}: {here:?} become it, but it refers to {back:?}",
                code.name()
            );
        }
    }
}

#[test]
fn names_are_snake_case_and_unique() {
    let mut names = BTreeSet::new();
    for code in Code::ALL {
        let name = code.name();
        assert!(names.insert(name), "{name} is there twice");
        assert!(
            name.bytes()
                .all(|byte| byte == b'_' || byte.is_ascii_lowercase()),
            "{name}"
        );
        assert_eq!(Code::by_name(name), Some(*code));
    }
}

#[test]
fn what_can_be_tried_again_is_not_forbidden() {
    for code in Code::ALL {
        let again = matches!(code.next_action(), NextAction::Retry | NextAction::Reload);
        assert_eq!(code.retryable(), again, "{}", code.name());
    }
    assert_eq!(Code::InDoubt.retry_safety(), RetrySafety::AskFirst);
    assert!(!Code::InDoubt.retryable());
}

#[test]
fn every_code_has_its_sentences_in_every_language() {
    for language in Language::ALL {
        let tag = language.tag();
        for code in Code::ALL {
            for audience in AUDIENCES {
                let name = code.name();
                let (sentence, faults) = said(*language, name, audience, &arguments())
                    .unwrap_or_else(|| panic!("{tag}: {name} has no text for {audience:?}"));
                assert_eq!(faults, Vec::<String>::new(), "{tag}: {name}: {sentence}");
                assert!(
                    sentence.ends_with(['.', '?']) && sentence.chars().count() <= 140,
                    "{tag}: {name}: {sentence}"
                );
            }
        }
    }
}

#[test]
fn the_files_hold_what_the_catalogue_has_and_no_more() {
    let mut expected: Vec<&str> = Code::ALL.iter().map(|code| code.name()).collect();
    expected.sort_unstable();
    for language in Language::ALL {
        let tag = language.tag();
        let resource = FluentResource::try_new(language.source().to_owned());
        assert!(resource.is_ok(), "{tag}: {resource:?}");
        let mut found: Vec<&str> = language
            .source()
            .lines()
            .filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()))
            .filter_map(|line| line.split(' ').next())
            .collect();
        found.sort_unstable();
        assert_eq!(found, expected, "{tag}");
    }
}

/// A sentence of another language fills in what the English one does.
#[test]
fn placeholders_are_the_same_in_every_language() {
    for code in Code::ALL {
        for audience in AUDIENCES {
            let english = placeholders(Language::English, *code, audience);
            for language in Language::ALL {
                assert_eq!(
                    placeholders(*language, *code, audience),
                    english,
                    "{}: {} for {audience:?}",
                    language.tag(),
                    code.name()
                );
            }
        }
    }
}

#[test]
fn customers_hear_nothing_of_how_it_works_inside() {
    for language in Language::ALL {
        for code in Code::ALL {
            let said = text(*code, *language, Audience::Customer, &Facts::default());
            let lower = said.to_lowercase();
            let words = lower.split(|c: char| !c.is_alphanumeric() && c != '_');
            for word in words {
                let internal = INTERNAL.contains(&word)
                    || INTERNAL_STEMS.iter().any(|stem| word.starts_with(stem));
                let marked = word.contains('_') || word.chars().any(|c| c.is_ascii_digit());
                assert!(
                    !internal && !marked,
                    "{}: {}: `{word}` in: {said}",
                    language.tag(),
                    code.name()
                );
            }
        }
    }
}

/// What a customer must not hear.
const INTERNAL: &[&str] = &["api", "id", "json", "kod", "null", "posd"];

/// Beginnings of such words, in all languages.
const INTERNAL_STEMS: &[&str] = &[
    "captur",
    "code",
    "databas",
    "datenbank",
    "fehlercode",
    "idempot",
    "journal",
    "kodas",
    "kode",
    "merchant",
    "operation",
    "proces",
    "prosess",
    "protocol",
    "protok",
    "prozess",
    "server",
    "sistem",
    "station",
    "stasjon",
    "stotel",
    "support",
    "system",
    "terminal",
    "timeout",
    "token",
    "žurnal",
];

/// A text that was copied and forgotten would be the same.
#[test]
fn every_sentence_is_translated() {
    for code in Code::ALL {
        for audience in AUDIENCES {
            let of = |language| text(*code, language, audience, &Facts::default());
            let english = of(Language::English);
            for language in Language::ALL.iter().skip(1) {
                let sentence = of(*language);
                assert_ne!(sentence, english, "{}: {}", language.tag(), code.name());
            }
        }
    }
}

#[test]
fn amounts_are_written_as_the_language_does() {
    let facts = Facts {
        amount: Some(Money::new(80_050, Currency::NOK)),
        ..Facts::default()
    };
    for (language, facts, expected) in [
        (
            Language::English,
            &facts,
            "Only 800.50 NOK is left to take.",
        ),
        (
            Language::Norwegian,
            &facts,
            "Bare 800,50 NOK gjenstår å trekke.",
        ),
        (
            Language::English,
            &Facts::default(),
            "That is more than is left to take.",
        ),
    ] {
        assert_eq!(
            text(Code::ExceedsOpenAmount, language, Audience::Cashier, facts),
            expected
        );
    }
}

fn arguments() -> FluentArgs<'static> {
    let mut arguments = FluentArgs::new();
    for name in ["amount", "currency", "line", "terminal"] {
        arguments.set(name, "1");
    }
    arguments
}

/// The placeholders of a sentence: where nothing is filled in it has faults, and those name them.
fn placeholders(language: Language, code: Code, audience: Audience) -> Vec<String> {
    let found = said(language, code.name(), audience, &FluentArgs::new());
    let (_, mut faults) = found.unwrap_or_default();
    faults.sort_unstable();
    faults
}
