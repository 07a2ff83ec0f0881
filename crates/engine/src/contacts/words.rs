//! The words with which people opt out and in, by language.
//!
//! The whole message is the word; case, accents and the marks around it do not count. Words that
//! people also say for other reasons are not here: somebody who says "cancel" may mean an order.

use crate::fold::folded;
use wagate_model::Content;

/// What somebody asks for with a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    /// No more messages.
    OptOut,
    /// Messages again.
    OptIn,
}

/// Folded words: language, to opt out, to opt in.
const WORDS: &[(&str, &[&str], &[&str])] = &[
    (
        "en",
        &["stop", "stopall", "stop all", "unsubscribe", "opt out", "optout", "opt-out"],
        &["start", "unstop", "subscribe", "opt in", "optin", "opt-in"],
    ),
    ("pt", &["parar", "pare", "sair", "descadastrar", "remover"], &["voltar a receber", "cadastrar"]),
    (
        "es",
        &["alto", "baja", "parar", "detener", "darme de baja", "cancelar suscripcion"],
        &["alta", "suscribir", "suscribirme"],
    ),
    ("id", &["berhenti", "henti", "berhenti langganan"], &["mulai", "langganan"]),
    ("fr", &["arret", "arreter", "desabonner", "desinscrire", "me desabonner"], &["abonner", "reprendre"]),
    ("de", &["stopp", "abmelden", "abbestellen"], &["anmelden"]),
    ("it", &["ferma", "disiscrivi", "disiscrivimi"], &["iscrivi", "iscrivimi"]),
    ("nl", &["afmelden", "uitschrijven"], &["aanmelden", "inschrijven"]),
    ("tr", &["dur", "durdur", "abonelikten cık"], &["baslat"]),
    ("ru", &["стоп", "отписаться"], &["старт", "подписаться"]),
    ("ar", &["توقف", "ايقاف", "الغاء الاشتراك"], &["اشتراك"]),
    ("hi", &["रोकें", "बंद करें"], &["शुरू करें"]),
    ("zh", &["停止", "退订", "退訂"], &["订阅", "訂閱"]),
];

/// What a message asks for, if it is one of the words and nothing else.
pub(crate) fn wish(content: &Content) -> Option<Wish> {
    let Content::Text(text) = content else { return None };
    // Nobody folds a long letter to find that it is no word.
    if text.body.len() > LONGEST {
        return None;
    }
    let word = folded(&text.body);
    let word = word.trim_matches(|c: char| c.is_ascii_punctuation() || matches!(c, '¡' | '¿' | '。' | '！' | '،'));
    let has = |words: &[&str]| words.iter().any(|known| folded(known) == word);
    WORDS.iter().find_map(|(_, outs, ins)| match () {
        () if has(outs) => Some(Wish::OptOut),
        () if has(ins) => Some(Wish::OptIn),
        () => None,
    })
}

const LONGEST: usize = 100;

#[cfg(test)]
mod tests {
    use super::{WORDS, Wish, wish};
    use std::collections::HashSet;
    use wagate_model::{Content, content::Text};

    fn asked(body: &str) -> Option<Wish> {
        wish(&Content::Text(Text { body: body.to_owned(), preview_url: false }))
    }

    #[test]
    fn the_whole_message_is_the_word() {
        for body in [
            "STOP",
            "stop",
            " Stop. ",
            "«STOP»".trim_matches(['«', '»']),
            "ＳＴＯＰ",
            "Arrêt",
            "ARRÊTER!",
            "Berhenti",
            "sair",
            "¡BAJA!",
            "СТОП",
            "停止",
            "إيقاف",
            "abonelikten çık",
            "रोकें",
        ] {
            assert_eq!(asked(body), Some(Wish::OptOut), "{body}");
        }
        for body in ["START", "iscrivimi", "Mulai", "ALTA", "订阅"] {
            assert_eq!(asked(body), Some(Wish::OptIn), "{body}");
        }
        for body in [
            "",
            " ",
            "...",
            "stop it",
            "please stop",
            "don't stop",
            "bus stop",
            "nonstop",
            "s t o p",
            "stop stop",
            &"stop ".repeat(500),
        ] {
            assert_eq!(asked(body), None, "{body}");
        }
        assert_eq!(wish(&Content::sample(wagate_model::content::ContentKind::Image)), None);
    }

    #[test]
    fn no_word_asks_for_both() {
        let outs: HashSet<_> = WORDS.iter().flat_map(|(_, outs, _)| outs.iter()).collect();
        let ins: HashSet<_> = WORDS.iter().flat_map(|(.., ins)| ins.iter()).collect();
        assert!(outs.is_disjoint(&ins));
        assert_eq!(WORDS.iter().map(|(language, ..)| language).collect::<HashSet<_>>().len(), WORDS.len());
    }
}
