### German: a sentence for the cashier and one for the customer, for every outcome.
### Cashier: what is the matter, then what to do. Customer: no internals, no numbers.

## Said to customers again and again

-moment = Einen Moment, bitte.
-card = Bitte verwenden Sie eine andere Karte.
-way = Bitte bezahlen Sie auf andere Weise.
-again = Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.
-staff = Das geht im Moment nicht. Wir helfen Ihnen gern.

## How an operation ended, when there is no more to say.

approved =
    .cashier = Genehmigt.
    .customer = Danke. Das hat geklappt.
done =
    .cashier = Erledigt.
    .customer = Danke. Das ist erledigt.
declined =
    .cashier = Abgelehnt. Um eine andere Karte bitten.
    .customer = Die Zahlung wurde nicht genehmigt. { -card }
cancelled =
    .cashier = Die Zahlung wurde abgebrochen.
    .customer = Die Zahlung wurde abgebrochen. Es wurde nichts abgebucht.
failed =
    .cashier = Es wurde nicht ausgeführt. Noch einmal versuchen.
    .customer = { -again }
in_doubt =
    .cashier = Noch ist unklar, ob die Zahlung durchging. Nicht noch einmal kassieren; die Station klärt es.
    .customer = Wir prüfen Ihre Zahlung. Bitte warten Sie und zahlen Sie nicht noch einmal.
not_in_doubt =
    .cashier = Hier ist nichts mehr ungeklärt. Das Ergebnis abrufen.
    .customer = { -moment }
evidence_changed =
    .cashier = Es gibt neue Angaben. Erst ansehen, dann entscheiden.
    .customer = { -moment }

## The card and its issuer.

card_declined =
    .cashier = Die Karte wurde abgelehnt. Um eine andere Karte bitten.
    .customer = Ihre Karte wurde abgelehnt. { -card }
insufficient_funds =
    .cashier = Die Karte ist nicht gedeckt. Um eine andere Karte bitten.
    .customer = Ihre Karte wurde abgelehnt. { -card }
expired_card =
    .cashier = Die Karte ist abgelaufen. Um eine andere Karte bitten.
    .customer = Ihre Karte ist abgelaufen. { -card }
card_not_readable =
    .cashier = Die Karte ist nicht lesbar. Um eine andere Karte bitten.
    .customer = Ihre Karte ist nicht lesbar. { -card }
card_not_accepted =
    .cashier = Diese Kartenart wird hier nicht angenommen.
    .customer = Diese Kartenart nehmen wir nicht an. { -card }
card_blocked =
    .cashier = Die Karte ist gesperrt. Um eine andere Karte bitten.
    .customer = Ihre Karte wurde abgelehnt. { -card }
wrong_pin =
    .cashier = Die PIN war falsch. Den Kunden noch einmal versuchen lassen.
    .customer = Die PIN war falsch. Bitte versuchen Sie es noch einmal.
pin_tries_exceeded =
    .cashier = Die PIN war zu oft falsch. Um eine andere Karte bitten.
    .customer = Die PIN war zu oft falsch. { -card }
amount_not_allowed =
    .cashier = Die Karte lässt diesen Betrag nicht zu. Um eine andere Karte bitten.
    .customer = Ihre Karte lässt diesen Betrag nicht zu. { -card }
authentication_needed =
    .cashier = Der Kunde muss die Zahlung bei seiner Bank bestätigen.
    .customer = Bitte bestätigen Sie die Zahlung in Ihrer Banking-App.
fraud_suspected =
    .cashier = Die Zahlung wurde als verdächtig gestoppt. Nicht noch einmal versuchen; Support anrufen.
    .customer = Diese Zahlung können wir nicht annehmen. Wir helfen Ihnen gern.
rejected_by_customer =
    .cashier = Der Kunde hat die Zahlung abgelehnt. Fragen, wie er zahlen möchte.
    .customer = Sie haben die Zahlung abgelehnt. Wie möchten Sie zahlen?
card_type_unknown =
    .cashier = Die Kartenart des Auftrags ist hier nicht bekannt. Neue Zahlung nehmen.
    .customer = Die Karte Ihrer Bestellung geht hier nicht. { -way }
card_not_tokenizable =
    .cashier = Diese Karte kann den Rest nicht sichern; auf ihr ist nichts reserviert. Um eine andere bitten.
    .customer = Diese Karte kann den Rest nicht sichern. { -card }
card_token_not_readable =
    .cashier = Die gespeicherte Karte ist gerade nicht abrufbar. Gleich noch einmal versuchen.
    .customer = { -again }

## The terminal.

currency_not_accepted =
    .cashier = Diese Währung wird hier nicht angenommen. Support anrufen.
    .customer = Diese Währung nehmen wir hier nicht an.
host_unreachable =
    .cashier = Das Terminal erreicht die Bank nicht. Noch einmal versuchen.
    .customer = Keine Verbindung zur Bank. Bitte versuchen Sie es noch einmal.
reservation_unknown =
    .cashier = Das Terminal kennt diese Reservierung nicht. Support anrufen.
    .customer = { -staff }
already_reversed =
    .cashier = Diese Zahlung wurde schon storniert.
    .customer = Diese Zahlung wurde schon storniert.
reversal_not_possible =
    .cashier = Das Terminal kann diese Zahlung nicht mehr stornieren. Stattdessen auf die Karte erstatten.
    .customer = Sie erhalten das Geld auf Ihre Karte zurück.
terminal_busy =
    .cashier = Das Terminal ist beschäftigt. Noch einmal versuchen.
    .customer = { -moment }
terminal_locked =
    .cashier = Das Terminal bearbeitet eine andere Zahlung. Danach noch einmal versuchen.
    .customer = { -moment }
terminal_in_doubt =
    .cashier = Eine Zahlung an diesem Terminal ist noch ungeklärt. Warten oder durch die Leitung klären lassen.
    .customer = { -moment }
totals_differ =
    .cashier = Die Summen des Terminals weichen von denen der Station ab. Abweichungen ansehen und Support rufen.
    .customer = { -staff }
terminal_leased =
    .cashier = Eine andere Kasse hat das Terminal. Warten oder ein anderes nehmen.
    .customer = { -moment }
no_terminal_free =
    .cashier = Kein Terminal ist frei. Gleich noch einmal versuchen.
    .customer = { -moment }
terminal_not_ready =
    .cashier = Das Terminal ist nicht bereit. Anzeige lesen, dann Support anrufen.
    .customer = { -staff }
terminal_unreachable =
    .cashier = Das Terminal antwortet nicht. Kabel prüfen und noch einmal versuchen.
    .customer = { -moment }
terminal_unknown =
    .cashier = Ein Terminal { $terminal } gibt es hier nicht.
    .customer = { -moment }
not_carried_out =
    .cashier = Das Terminal hat nicht kassiert. Noch einmal versuchen.
    .customer = Es wurde nichts abgebucht. Bitte versuchen Sie es noch einmal.
not_supported =
    .cashier = Das geht hier nicht. Support anrufen.
    .customer = { -staff }
printer_not_ready =
    .cashier = Der Drucker ist nicht bereit. Papier prüfen und noch einmal versuchen.
    .customer = { -moment }

## The processor and the way to it.

processor_unreachable =
    .cashier = Der Zahlungsdienst ist nicht erreichbar. Es wurde nichts abgebucht. Noch einmal versuchen.
    .customer = Im Moment besteht keine Verbindung. Es wurde nichts abgebucht.
processor_answer_unexpected =
    .cashier = Der Zahlungsdienst antwortete unklar. Nicht noch einmal kassieren; Support anrufen.
    .customer = Wir prüfen Ihre Zahlung. Bitte zahlen Sie nicht noch einmal.
payment_data_invalid =
    .cashier = Der Zahlungsdienst nahm die Angaben nicht an. Mit dem Kunden prüfen.
    .customer = Einige Ihrer Angaben wurden nicht angenommen. Bitte prüfen Sie sie.
signature_wrong =
    .cashier = Die Zahlung ließ sich nicht bestätigen. Nicht noch einmal kassieren; Support anrufen.
    .customer = { -staff }
no_route =
    .cashier = Kein Terminal und kein Händlerkonto hier kann das. Support anrufen.
    .customer = { -staff }
merchant_account_unknown =
    .cashier = Die Karte des Auftrags kann von hier nicht belastet werden. Neue Zahlung nehmen.
    .customer = Die Karte Ihrer Bestellung geht hier nicht. { -way }
tender_type_unknown =
    .cashier = Die Zahlungsart des Auftrags ist hier nicht bekannt. Neue Zahlung nehmen.
    .customer = Die Zahlung Ihrer Bestellung geht hier nicht. { -way }
tender_type_not_supported =
    .cashier = Diese Zahlungsart ist hier nicht eingerichtet. Eine andere nehmen.
    .customer = Diese Zahlungsart nehmen wir hier nicht an. { -way }
exceeds_floor_limit =
    .cashier = Ohne Verbindung ist der Betrag zu hoch. Andere Zahlungsart nehmen oder später versuchen.
    .customer = Im Moment besteht keine Verbindung. { -way }
awaiting_retry =
    .cashier = Angenommen. Abgebucht wird, sobald die Verbindung wieder da ist. Nicht noch einmal kassieren.
    .customer = Danke. Die Zahlung ist angenommen.
session_expired =
    .cashier = Der Kunde hat nicht rechtzeitig bestätigt. Fragen, ob Sie neu beginnen sollen.
    .customer = Die Zeit zum Bestätigen ist abgelaufen. Sollen wir es noch einmal versuchen?

## Payments.

payment_unknown =
    .cashier = Diese Zahlung ist hier nicht bekannt.
    .customer = Wir finden diese Zahlung nicht.
payment_busy =
    .cashier = Diese Zahlung wird gerade bearbeitet. Warten, dann prüfen.
    .customer = { -moment }
payment_not_ready =
    .cashier = Für diese Zahlung gibt es noch keine Antwort. Warten, dann prüfen.
    .customer = { -moment }
payment_on_hold =
    .cashier = Diese Zahlung wird noch geprüft. Später nachsehen.
    .customer = Ihre Zahlung wird geprüft. Bitte zahlen Sie nicht noch einmal.
on_hold =
    .cashier = Die Zahlung wird geprüft. Nicht noch einmal kassieren.
    .customer = Ihre Zahlung wird geprüft. Bitte zahlen Sie nicht noch einmal.
payment_ended =
    .cashier = Diese Zahlung wurde abgelehnt oder schlug fehl. Um eine andere Karte bitten.
    .customer = Die Zahlung wurde nicht genehmigt. { -card }
payment_already_voided =
    .cashier = Diese Zahlung wurde schon aufgehoben.
    .customer = Diese Zahlung wurde schon aufgehoben.
payment_authorized =
    .cashier = Das Geld ist auf der Karte reserviert. Noch wurde nichts abgebucht.
    .customer = Der Betrag ist auf Ihrer Karte reserviert.
payment_partially_captured =
    .cashier = Ein Teil des Geldes wurde abgebucht. Der Rest ist noch reserviert.
    .customer = Ein Teil des Betrags ist bezahlt, der Rest ist reserviert.
payment_captured =
    .cashier = Das ganze Geld wurde abgebucht.
    .customer = Der Betrag ist bezahlt.
payment_partially_refunded =
    .cashier = Ein Teil des Geldes wurde erstattet.
    .customer = Ein Teil des Betrags wurde erstattet.
payment_refunded =
    .cashier = Das ganze Geld wurde erstattet.
    .customer = Der Betrag wurde erstattet.
void_instead =
    .cashier = Noch wurde nichts abgebucht: die Zahlung stattdessen aufheben.
    .customer = Es wurde nichts abgebucht. Wir heben die Reservierung auf.
capture_less =
    .cashier = Noch wurde nichts abgebucht: stattdessen weniger abbuchen.
    .customer = Noch wurde nichts abgebucht. Wir ändern den Betrag.
refund_instead =
    .cashier = Das Geld wurde abgebucht: stattdessen erstatten.
    .customer = Sie erhalten das Geld auf Ihre Karte zurück.
exceeds_open_amount =
    .cashier =
        { $amount ->
            [none] Das ist mehr, als noch abgebucht werden kann.
           *[other] Nur noch { $amount } kann abgebucht werden.
        }
    .customer =
        { $amount ->
            [none] Das ist mehr, als reserviert ist.
           *[other] Nur { $amount } ist noch reserviert.
        }
only_whole_capture =
    .cashier = Nur der ganze reservierte Betrag kann eingezogen werden. Neue Zahlung nehmen.
    .customer = Ein Teil des reservierten Betrags geht nicht. Bitte zahlen Sie auf andere Weise.
exceeds_captured_amount =
    .cashier =
        { $amount ->
            [none] Das ist mehr, als erstattet werden kann.
           *[other] Nur noch { $amount } kann erstattet werden.
        }
    .customer =
        { $amount ->
            [none] Das ist mehr, als erstattet werden kann.
           *[other] Höchstens { $amount } kann erstattet werden.
        }
authorization_expired =
    .cashier = Das Geld ist nicht mehr reserviert. Neue Zahlung nehmen.
    .customer = Die Reservierung auf Ihrer Karte ist abgelaufen. Bitte zahlen Sie neu.
authorization_not_renewed =
    .cashier = Das Geld ist nicht mehr reserviert, die Karte nicht erneut belastbar. Betrag mit Karte am Terminal nehmen.
    .customer = Die Reservierung auf Ihrer Karte ist abgelaufen und nicht erneuerbar. Bitte zahlen Sie hier mit Karte.
authorization_unknown =
    .cashier = Der Zahlungsdienst kennt diese Zahlung nicht. Support anrufen.
    .customer = { -staff }
authorized_amount_changed =
    .cashier = Der Auftrag kostet nicht mehr, was der Kunde genehmigt hat. Auftrag neu laden.
    .customer = Der Preis hat sich geändert. { -moment }
capture_failed =
    .cashier = Von der Karte konnte nichts abgebucht werden. Neue Zahlung nehmen.
    .customer = Ihre Karte konnte nicht belastet werden. { -way }
void_failed =
    .cashier = Die Zahlung ließ sich nicht aufheben. Prüfen, dann noch einmal versuchen.
    .customer = { -moment }

## Deposits.

remainder_declined =
    .cashier = Die Anzahlung ist bezahlt, aber diese Karte sichert den Rest nicht. Um eine andere Karte bitten.
    .customer = Ihre Anzahlung ist bezahlt. Bitte nehmen Sie für den Rest eine andere Karte.
rest_not_secured =
    .cashier = Bezahlt. Der Rest der Bestellung ließ sich nicht erneut reservieren; die nächste Abholung versucht es.
    .customer = Danke. Ihre Zahlung ist abgeschlossen.
second_card_needed =
    .cashier = Die Anzahlung ist bezahlt. Diese Karte kann den Rest nicht sichern; um eine andere bitten.
    .customer = Ihre Anzahlung ist bezahlt. Bitte nehmen Sie für den Rest eine andere Karte.
deposit_not_captured =
    .cashier = Die Anzahlung ging nicht durch; die Reservierung auf der Karte ist aufgehoben. Noch einmal versuchen.
    .customer = Die Anzahlung wurde nicht abgebucht. Bitte versuchen Sie es noch einmal.
deposit_missing =
    .cashier = Für diesen Auftrag ist noch nichts bezahlt. Zuerst die Anzahlung nehmen.
    .customer = Bitte bezahlen Sie zuerst die Anzahlung.
nothing_to_secure =
    .cashier = Der ganze Auftrag ist bezahlt oder gesichert.
    .customer = Ihre ganze Bestellung ist gesichert.
nothing_to_write_off =
    .cashier = Von dieser Zahlung fehlt nichts. Es gibt nichts abzuschreiben.
    .customer = Es fehlt nichts.
taken_back =
    .cashier = Auf diese Zahlung wartete niemand mehr. Sie war abgebucht und ist zurückgegeben.
    .customer = Die Zahlung wurde Ihnen zurückgegeben.
not_taken_back =
    .cashier = Auf diese Zahlung wartete niemand mehr. Sie wurde abgebucht und ließ sich nicht zurückgeben: erstatten.
    .customer = Diese Zahlung wird Ihnen noch erstattet.
refund_due =
    .cashier = Die Positionen sind storniert, aber nicht alles Geld ging zurück. Den Rest erstatten.
    .customer = Ein Teil Ihres Geldes wird noch erstattet.

## Orders.

order_unknown =
    .cashier = Dieser Auftrag ist hier nicht bekannt.
    .customer = Wir finden diese Bestellung nicht.
order_changed =
    .cashier = Der Auftrag wurde inzwischen geändert. Neu laden.
    .customer = Ihre Bestellung wurde gerade geändert. { -moment }
order_busy =
    .cashier = Dieser Auftrag wird gerade bearbeitet. Warten, dann neu laden.
    .customer = { -moment }
order_no_longer_valid =
    .cashier = Der Auftrag wurde gelöscht oder ist nicht mehr gültig. Neu laden.
    .customer = Ihre Bestellung hat sich geändert. { -moment }
order_invalid =
    .cashier = Der Auftrag widerspricht sich und ist nicht verwendbar.
    .customer = { -moment }
line_unknown =
    .cashier = Der Auftrag hat keine Position { $line }.
    .customer = { -moment }
line_not_open =
    .cashier = Position { $line } wurde ausgegeben, storniert oder doppelt genannt. Auftrag neu laden.
    .customer = Dieser Artikel wurde schon ausgegeben oder storniert.
line_not_shipped =
    .cashier = Position { $line } wird nicht versandt.
    .customer = { -moment }
tap_unknown =
    .cashier = Das wurde in letzter Zeit nicht ans Lesegerät gehalten. Noch einmal darum bitten.
    .customer = Bitte halten Sie es noch einmal an das Lesegerät.
tap_not_bindable =
    .cashier = Das lässt sich niemandem zuordnen. Um eine Karte oder Marke allein bitten, kein gesperrtes Telefon.
    .customer = Bitte halten Sie eine Karte allein an das Lesegerät.
balance_due =
    .cashier = Die Karten des Auftrags decken das nicht. Den Rest kassieren.
    .customer = Die Bestellung ist nicht ganz bezahlt. Bitte bezahlen Sie den Rest.
tender_line_missing =
    .cashier = Der Auftrag hat noch keine Zahlung. Jetzt kassieren.
    .customer = Die Bestellung ist noch nicht bezahlt. Bitte bezahlen Sie jetzt.
order_already_paid =
    .cashier = Dieser Auftrag ist schon bezahlt.
    .customer = Ihre Bestellung ist schon bezahlt.
order_amount_not_positive =
    .cashier = Für diesen Auftrag ist nichts zu bezahlen.
    .customer = Es ist nichts zu bezahlen.
order_without_store =
    .cashier = Im Auftrag fehlt die Filiale.
    .customer = { -moment }
order_without_customer =
    .cashier = Im Auftrag fehlt der Kunde. Fragen, für wen er ist.
    .customer = Für wen ist die Bestellung?
order_not_payable =
    .cashier = Der Auftrag hat Artikel, die so nicht bezahlt werden können. Andere Zahlungsart nehmen.
    .customer = Einige Artikel können so nicht bezahlt werden. { -way }
organisation_missing =
    .cashier = Beim Kunden fehlt die zahlende Organisation. Fragen, wer bezahlt.
    .customer = Welche Organisation bezahlt?
participants_missing =
    .cashier = Die Teilnehmerliste fehlt. Nach den Namen fragen.
    .customer = Bitte nennen Sie uns die Namen der Teilnehmer.

## What must be known about the customer.

identity_number_missing =
    .cashier = Die Personennummer des Kunden fehlt. Danach fragen.
    .customer = Bitte nennen Sie uns Ihre Personennummer.
contact_missing =
    .cashier = E-Mail- oder Postadresse des Kunden fehlt. Danach fragen.
    .customer = Bitte nennen Sie uns Ihre E-Mail- oder Postadresse.
email_missing =
    .cashier = Eine gültige E-Mail-Adresse des Kunden fehlt. Danach fragen.
    .customer = Bitte nennen Sie uns Ihre E-Mail-Adresse.
postal_address_missing =
    .cashier = Die Postadresse des Kunden fehlt. Danach fragen.
    .customer = Bitte nennen Sie uns Ihre Postadresse.
phone_number_invalid =
    .cashier = Die Telefonnummer stimmt nicht. Noch einmal danach fragen.
    .customer = Bitte prüfen Sie Ihre Telefonnummer.

## Payment on the customer's account.

customer_account_already_used =
    .cashier = Das Kundenkonto geht nur einmal je Verkauf. Für den Rest eine andere Zahlungsart nehmen.
    .customer = Ihr Konto kann nur einmal verwendet werden. { -way }
customer_account_wrong_sign =
    .cashier = Das Kundenkonto passt nicht zu diesem Betrag. Andere Zahlungsart nehmen.
    .customer = Ihr Konto geht hier nicht. { -way }
customer_account_exceeds_due =
    .cashier = Das ist mehr, als jetzt fällig ist. Für das Kundenkonto einen kleineren Betrag eingeben.
    .customer = Das ist mehr, als Sie jetzt bezahlen müssen.
customer_account_not_own =
    .cashier = Das ist weder das eigene Konto des Kunden noch das der Rechnung. Das richtige wählen.
    .customer = Bitte verwenden Sie Ihr eigenes Konto.
customer_account_not_allowed =
    .cashier = Dieser Kunde darf nicht auf Kundenkonto kaufen. Andere Zahlungsart nehmen.
    .customer = Der Kauf auf Kundenkonto ist hier nicht möglich. { -way }
customer_account_credit_insufficient =
    .cashier = Der Kredit auf dem Kundenkonto reicht nicht. Andere Zahlungsart nehmen.
    .customer = Der Kredit auf Ihrem Konto reicht nicht. { -way }
customer_account_too_young =
    .cashier = Der Kunde ist zu jung für das Kundenkonto. Andere Zahlungsart nehmen.
    .customer = Der Kauf auf Kundenkonto ist noch nicht möglich. { -way }
customer_account_without_mandate =
    .cashier = Für das Kundenkonto fehlt das Lastschriftmandat. Andere Zahlungsart nehmen.
    .customer = Für Ihr Konto fehlt das Lastschriftmandat. { -way }
customer_account_without_subscription =
    .cashier = Der Kunde hat keinen Lastschriftvertrag. Andere Zahlungsart nehmen.
    .customer = Sie haben keinen Lastschriftvertrag. { -way }
customer_account_invoice_unpaid =
    .cashier = Der Kunde hat eine offene Rechnung. Fragen, ob er sie zuerst bezahlt.
    .customer = Sie haben eine offene Rechnung. Möchten Sie sie jetzt bezahlen?

## Loyalty and gift cards.

loyalty_points_insufficient =
    .cashier = Die Punkte auf der Kundenkarte reichen nicht. Andere Zahlungsart nehmen.
    .customer = Ihre Punkte reichen nicht. { -way }
loyalty_refund_exceeds_limit =
    .cashier = Das ist mehr, als auf die Kundenkarte zurückgehen darf. Auf andere Weise erstatten.
    .customer = So viel können wir Ihrer Kundenkarte nicht gutschreiben.
loyalty_card_unknown =
    .cashier = Die Kundenkarte ist nicht bekannt. Nummer prüfen.
    .customer = Wir finden Ihre Kundenkarte nicht. Bitte prüfen Sie die Nummer.
loyalty_card_blocked =
    .cashier = Die Kundenkarte ist gesperrt. Andere Zahlungsart nehmen.
    .customer = Ihre Kundenkarte kann nicht verwendet werden. { -way }
loyalty_card_not_accepted =
    .cashier = Mit dieser Kundenkarte kann hier nicht bezahlt werden. Andere Zahlungsart nehmen.
    .customer = Mit dieser Kundenkarte können Sie hier nicht bezahlen. { -way }
loyalty_already_used =
    .cashier = Punkte gehen nur einmal je Verkauf. Für den Rest eine andere Zahlungsart nehmen.
    .customer = Punkte können nur einmal verwendet werden. { -way }
gift_card_currency_mismatch =
    .cashier = Die Geschenkkarte hat eine andere Währung. Andere Zahlungsart nehmen.
    .customer = Ihre Geschenkkarte hat eine andere Währung. { -way }
gift_card_balance_insufficient =
    .cashier = Das Guthaben der Geschenkkarte reicht nicht. Den Rest auf andere Weise kassieren.
    .customer = Das Guthaben Ihrer Geschenkkarte reicht nicht. Bitte bezahlen Sie den Rest.
gift_card_changed =
    .cashier = Die Geschenkkarte wurde inzwischen anderswo benutzt. Auftrag neu laden.
    .customer = Ihre Geschenkkarte wurde gerade benutzt. { -moment }

## Agreements and the means of payment behind them.

payment_method_missing =
    .cashier = Der Kunde hat keine aktive Karte oder andere Zahlungsart. Danach fragen.
    .customer = Wie möchten Sie bezahlen?
payment_method_cancelled =
    .cashier = Das Zahlungsmittel des Kunden wurde gekündigt. Um ein neues bitten.
    .customer = Ihre Karte oder Lastschrift ist nicht mehr aktiv. Wie möchten Sie bezahlen?
payment_method_expired =
    .cashier = Die Karte des Kunden ist abgelaufen oder neu zu bestätigen.
    .customer = Ihre Karte ist abgelaufen oder muss neu bestätigt werden.
payment_method_failed =
    .cashier = Das Zahlungsmittel des Kunden geht nicht. Um ein anderes bitten.
    .customer = Ihre Karte oder Lastschrift geht nicht. { -way }
payment_method_inactive =
    .cashier = Das Zahlungsmittel des Kunden war nicht aktiv. Um ein anderes bitten.
    .customer = Ihre Karte oder Lastschrift war nicht aktiv. { -way }
subscription_inactive =
    .cashier = Der Vertrag ist nicht aktiv.
    .customer = Ihr Vertrag ist nicht aktiv.
subscription_cancelled =
    .cashier = Der Vertrag wurde gekündigt.
    .customer = Ihr Vertrag wurde gekündigt.
subscription_expired =
    .cashier = Der Vertrag ist abgelaufen. Fragen, ob der Kunde einen neuen möchte.
    .customer = Ihr Vertrag ist abgelaufen. Möchten Sie einen neuen?

## Invoices.

invoice_unknown =
    .cashier = Die Rechnung ist hier nicht bekannt. Noch einmal nach der Nummer fragen.
    .customer = Wir finden diese Rechnung nicht. Bitte prüfen Sie die Nummer.
invoice_incomplete =
    .cashier = Die Rechnung ist unvollständig. Support anrufen.
    .customer = { -staff }
invoice_amount_not_positive =
    .cashier = Auf dieser Rechnung ist nichts zu bezahlen.
    .customer = Es ist nichts zu bezahlen.
invoice_no_longer_valid =
    .cashier = Die Rechnung wurde gelöscht oder ist nicht mehr gültig. Neu laden.
    .customer = Diese Rechnung ist nicht mehr gültig.
invoice_not_possible =
    .cashier = Für diesen Vertrag gibt es keine Rechnung. Andere Zahlungsart nehmen.
    .customer = Dafür können wir keine Rechnung senden. { -way }

## The request and the station.

parse_error =
    .cashier = Die Kasse hat etwas Unlesbares gesendet.
    .customer = { -moment }
invalid_request =
    .cashier = Die Kasse hat etwas gesendet, das keine Anfrage ist.
    .customer = { -moment }
method_not_found =
    .cashier = Die Kasse hat etwas verlangt, das es hier nicht gibt.
    .customer = { -moment }
invalid_params =
    .cashier = Die Kasse hat etwas gesendet, das nicht stimmt.
    .customer = { -moment }
language_unknown =
    .cashier = Diese Sprache gibt es hier nicht.
    .customer = { -moment }
idempotency_key_reused =
    .cashier = Die Kasse hat den Namen dieser Zahlung schon für etwas anderes benutzt.
    .customer = { -moment }
amount_out_of_range =
    .cashier = Der Betrag ist zu klein oder zu groß.
    .customer = { -moment }
currency_mismatch =
    .cashier = Die Währung muss hier { $currency } sein.
    .customer = { -moment }
unauthorized =
    .cashier = Die Station kennt diese Kasse nicht. Bitte koppeln.
    .customer = { -moment }
forbidden =
    .cashier = Dafür ist eine Aufsicht oder ein Techniker nötig.
    .customer = { -staff }
too_many_connections =
    .cashier = Zu viele Kassen sind verbunden. Gleich noch einmal versuchen.
    .customer = { -moment }
station_stopping =
    .cashier = Die Station startet gleich neu. Gleich noch einmal versuchen.
    .customer = { -moment }
app_unknown =
    .cashier = Keine Kasse mit diesem Namen ist gekoppelt.
    .customer = { -moment }
app_name_taken =
    .cashier = Eine Kasse mit diesem Namen ist schon gekoppelt.
    .customer = { -moment }
not_found =
    .cashier = Das ist hier nicht bekannt.
    .customer = { -moment }
journal_unavailable =
    .cashier = Die Station kann gerade keine Zahlungen festhalten und nimmt deshalb keine an. Support anrufen.
    .customer = Im Moment können wir nicht kassieren. Wir helfen Ihnen gern.
internal_error =
    .cashier = Die Station hat eine Störung. Zahlung prüfen, bevor Sie noch einmal kassieren; Support anrufen.
    .customer = { -staff }
other =
    .cashier = Die Zahlung ging nicht durch. Support anrufen.
    .customer = Die Zahlung ging nicht durch. Wir helfen Ihnen gern.
