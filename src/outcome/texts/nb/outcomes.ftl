### Norwegian Bokmål: a sentence for the cashier and one for the customer, for every outcome.
### Cashier: what is the matter, then what to do. Customer: no internals, no numbers.

## Said to customers again and again

-moment = Et øyeblikk.
-card = Bruk et annet kort.
-way = Betal på en annen måte.
-again = Det gikk ikke. Prøv igjen.
-staff = Dette går ikke akkurat nå. Vi hjelper deg.

## How an operation ended, when there is no more to say.

approved =
    .cashier = Godkjent.
    .customer = Takk. Det gikk i orden.
done =
    .cashier = Utført.
    .customer = Takk. Det er gjort.
declined =
    .cashier = Avvist. Be om et annet kort.
    .customer = Betalingen ble ikke godkjent. { -card }
cancelled =
    .cashier = Betalingen ble avbrutt.
    .customer = Betalingen ble avbrutt. Ingenting er trukket.
failed =
    .cashier = Det ble ikke gjennomført. Prøv igjen.
    .customer = { -again }
in_doubt =
    .cashier = Det er ikke klart om betalingen gikk gjennom. Ikke ta betalt på nytt; stasjonen undersøker.
    .customer = Vi sjekker betalingen din. Vent litt, og ikke betal på nytt.
not_in_doubt =
    .cashier = Her er ikke noe uavklart lenger. Hent utfallet.
    .customer = { -moment }
evidence_changed =
    .cashier = Det er kommet nye opplysninger. Se på dem før du avgjør.
    .customer = { -moment }

## The card and its issuer.

card_declined =
    .cashier = Kortet ble avvist. Be om et annet kort.
    .customer = Kortet ditt ble avvist. { -card }
insufficient_funds =
    .cashier = Det er ikke dekning på kortet. Be om et annet kort.
    .customer = Kortet ditt ble avvist. { -card }
expired_card =
    .cashier = Kortet er utløpt. Be om et annet kort.
    .customer = Kortet ditt er utløpt. { -card }
card_not_readable =
    .cashier = Kortet kan ikke leses. Be om et annet kort.
    .customer = Kortet ditt kunne ikke leses. { -card }
card_not_accepted =
    .cashier = Denne korttypen tas ikke her.
    .customer = Vi tar ikke denne typen kort. { -card }
card_blocked =
    .cashier = Kortet er sperret. Be om et annet kort.
    .customer = Kortet ditt ble avvist. { -card }
wrong_pin =
    .cashier = Feil PIN. La kunden prøve igjen.
    .customer = Feil PIN. Prøv igjen.
pin_tries_exceeded =
    .cashier = Feil PIN for mange ganger. Be om et annet kort.
    .customer = Feil PIN for mange ganger. { -card }
amount_not_allowed =
    .cashier = Kortet tillater ikke dette beløpet. Be om et annet kort.
    .customer = Kortet ditt tillater ikke dette beløpet. { -card }
authentication_needed =
    .cashier = Kunden må bekrefte betalingen i banken sin.
    .customer = Bekreft betalingen i bankappen din.
fraud_suspected =
    .cashier = Betalingen ble stoppet fordi den virker mistenkelig. Ikke prøv igjen; ring support.
    .customer = Vi kan ikke ta imot denne betalingen. Vi hjelper deg.
rejected_by_customer =
    .cashier = Kunden har avvist betalingen. Spør hvordan kunden vil betale.
    .customer = Du har avvist betalingen. Hvordan vil du betale?
card_type_unknown =
    .cashier = Ordrens korttype er ikke kjent her. Ta en ny betaling.
    .customer = Kortet på bestillingen kan ikke brukes her. { -way }
card_not_tokenizable =
    .cashier = Dette kortet kan ikke sikre resten; ingenting er reservert på det. Be om et annet.
    .customer = Dette kortet kan ikke brukes til å sikre resten. { -card }
card_token_not_readable =
    .cashier = Det lagrede kortet kan ikke hentes nå. Prøv igjen om litt.
    .customer = { -again }

## The terminal.

currency_not_accepted =
    .cashier = Denne valutaen tas ikke her. Ring support.
    .customer = Vi tar ikke denne valutaen her.
host_unreachable =
    .cashier = Terminalen får ikke kontakt med banken. Prøv igjen.
    .customer = Det er ikke kontakt med banken. Prøv igjen.
reservation_unknown =
    .cashier = Terminalen kjenner ikke denne reservasjonen. Ring support.
    .customer = { -staff }
already_reversed =
    .cashier = Denne betalingen er tilbakeført fra før.
    .customer = Denne betalingen er allerede annullert.
reversal_not_possible =
    .cashier = Terminalen kan ikke lenger tilbakeføre denne betalingen. Refunder til kortet i stedet.
    .customer = Du får pengene tilbake på kortet.
terminal_busy =
    .cashier = Terminalen er opptatt. Prøv igjen.
    .customer = { -moment }
terminal_locked =
    .cashier = Terminalen er opptatt med en annen betaling. Prøv igjen når den er ferdig.
    .customer = { -moment }
terminal_in_doubt =
    .cashier = En betaling på denne terminalen er ikke avklart ennå. Vent, eller be en leder avklare den.
    .customer = { -moment }
totals_differ =
    .cashier = Terminalens summer stemmer ikke med stasjonens. Se på avvikene og kontakt support.
    .customer = { -staff }
terminal_leased =
    .cashier = En annen kasse har terminalen. Vent, eller bruk en annen.
    .customer = { -moment }
no_terminal_free =
    .cashier = Ingen terminal er ledig. Prøv igjen om litt.
    .customer = { -moment }
terminal_not_ready =
    .cashier = Terminalen er ikke klar. Se på skjermen, og ring support.
    .customer = { -staff }
terminal_unreachable =
    .cashier = Terminalen svarer ikke. Sjekk kabelen og prøv igjen.
    .customer = { -moment }
terminal_unknown =
    .cashier = Det finnes ingen terminal { $terminal } her.
    .customer = { -moment }
not_carried_out =
    .cashier = Terminalen har ikke tatt betalingen. Prøv igjen.
    .customer = Ingenting er trukket. Prøv igjen.
not_supported =
    .cashier = Dette kan ikke gjøres her. Ring support.
    .customer = { -staff }
printer_not_ready =
    .cashier = Skriveren er ikke klar. Sjekk papiret og prøv igjen.
    .customer = { -moment }

## The processor and the way to it.

processor_unreachable =
    .cashier = Får ikke kontakt med betalingstjenesten. Ingenting er trukket. Prøv igjen.
    .customer = Det er ikke forbindelse akkurat nå. Ingenting er trukket.
processor_answer_unexpected =
    .cashier = Betalingstjenesten ga et uklart svar. Ikke ta betalt på nytt; ring support.
    .customer = Vi sjekker betalingen din. Ikke betal på nytt.
payment_data_invalid =
    .cashier = Betalingstjenesten godtok ikke opplysningene. Sjekk dem med kunden.
    .customer = Noen av opplysningene dine ble ikke godtatt. Sjekk dem.
signature_wrong =
    .cashier = Betalingen kunne ikke bekreftes. Ikke ta betalt på nytt; ring support.
    .customer = { -staff }
no_route =
    .cashier = Ingen terminal eller brukerstedsavtale her kan gjøre dette. Ring support.
    .customer = { -staff }
merchant_account_unknown =
    .cashier = Ordrens kort kan ikke belastes fra denne butikken. Ta en ny betaling.
    .customer = Kortet på bestillingen kan ikke brukes her. { -way }
tender_type_unknown =
    .cashier = Ordrens betalingsmåte er ikke kjent her. Ta en ny betaling.
    .customer = Betalingen på bestillingen kan ikke brukes her. { -way }
tender_type_not_supported =
    .cashier = Denne betalingsmåten er ikke satt opp her. Bruk en annen.
    .customer = Vi tar ikke denne betalingsmåten her. { -way }
exceeds_floor_limit =
    .cashier = Beløpet er for høyt uten forbindelse. Bruk en annen betalingsmåte, eller prøv senere.
    .customer = Det er ikke forbindelse akkurat nå. { -way }
awaiting_retry =
    .cashier = Godtatt. Pengene trekkes når forbindelsen er tilbake. Ikke ta betalt på nytt.
    .customer = Takk. Betalingen er godtatt.
session_expired =
    .cashier = Kunden bekreftet ikke i tide. Spør om dere skal begynne på nytt.
    .customer = Tiden for å bekrefte er ute. Skal vi prøve igjen?

## Payments.

payment_unknown =
    .cashier = Denne betalingen er ikke kjent her.
    .customer = Vi finner ikke denne betalingen.
payment_busy =
    .cashier = Noe annet gjøres med denne betalingen. Vent, og sjekk den så.
    .customer = { -moment }
payment_not_ready =
    .cashier = Denne betalingen har ikke fått svar ennå. Vent, og sjekk den så.
    .customer = { -moment }
payment_on_hold =
    .cashier = Betalingen er fortsatt til kontroll. Sjekk den senere.
    .customer = Betalingen din er til kontroll. Ikke betal på nytt.
on_hold =
    .cashier = Betalingen er til kontroll. Ikke ta betalt på nytt.
    .customer = Betalingen din er til kontroll. Ikke betal på nytt.
payment_ended =
    .cashier = Denne betalingen ble avvist eller mislyktes. Be om et annet kort.
    .customer = Betalingen ble ikke godkjent. { -card }
payment_already_voided =
    .cashier = Denne betalingen er annullert fra før.
    .customer = Denne betalingen er allerede annullert.
payment_authorized =
    .cashier = Pengene er reservert på kortet. Ingenting er trukket ennå.
    .customer = Beløpet er reservert på kortet ditt.
payment_partially_captured =
    .cashier = En del av pengene er trukket. Resten er fortsatt reservert.
    .customer = En del av beløpet er betalt; resten er reservert.
payment_captured =
    .cashier = Alle pengene er trukket.
    .customer = Beløpet er betalt.
payment_partially_refunded =
    .cashier = En del av pengene er refundert.
    .customer = En del av beløpet er refundert.
payment_refunded =
    .cashier = Alle pengene er refundert.
    .customer = Beløpet er refundert.
void_instead =
    .cashier = Ingenting er trukket ennå: annuller betalingen i stedet.
    .customer = Ingenting er trukket. Vi opphever reservasjonen.
capture_less =
    .cashier = Ingenting er trukket ennå: trekk mindre i stedet.
    .customer = Ingenting er trukket ennå. Vi endrer beløpet.
refund_instead =
    .cashier = Pengene er trukket: refunder dem i stedet.
    .customer = Du får pengene tilbake på kortet.
exceeds_open_amount =
    .cashier =
        { $amount ->
            [none] Det er mer enn det som gjenstår å trekke.
           *[other] Bare { $amount } gjenstår å trekke.
        }
    .customer =
        { $amount ->
            [none] Det er mer enn det som er reservert.
           *[other] Bare { $amount } er fortsatt reservert.
        }
only_whole_capture =
    .cashier = Bare hele det reserverte beløpet kan trekkes, ikke en del. Ta en ny betaling.
    .customer = En del av det reserverte beløpet kan ikke trekkes. Betal på en annen måte.
exceeds_captured_amount =
    .cashier =
        { $amount ->
            [none] Det er mer enn det som kan refunderes.
           *[other] Bare { $amount } gjenstår å refundere.
        }
    .customer =
        { $amount ->
            [none] Det er mer enn det som kan refunderes.
           *[other] Høyst { $amount } kan refunderes.
        }
authorization_expired =
    .cashier = Pengene er ikke lenger reservert. Ta en ny betaling.
    .customer = Reservasjonen på kortet ditt er utløpt. Du må betale på nytt.
authorization_not_renewed =
    .cashier = Pengene er ikke lenger reservert, og kortet kunne ikke belastes på nytt. Ta beløpet med kort i terminalen.
    .customer = Reservasjonen på kortet ditt er utløpt og kunne ikke fornyes. Betal med kort her.
authorization_unknown =
    .cashier = Betalingstjenesten kjenner ikke denne betalingen. Ring support.
    .customer = { -staff }
authorized_amount_changed =
    .cashier = Ordresummen er ikke lenger den kunden godkjente. Last ordren på nytt.
    .customer = Prisen er endret. { -moment }
capture_failed =
    .cashier = Pengene kunne ikke trekkes fra kortet. Ta en ny betaling.
    .customer = Kortet ditt kunne ikke belastes. { -way }
void_failed =
    .cashier = Betalingen kunne ikke annulleres. Sjekk den, og prøv så igjen.
    .customer = { -moment }

## Deposits.

remainder_declined =
    .cashier = Depositumet er betalt, men resten kunne ikke sikres på dette kortet. Be om et annet kort.
    .customer = Depositumet er betalt. Bruk et annet kort til resten.
rest_not_secured =
    .cashier = Betalt. Det som gjenstår av ordren kunne ikke reserveres på nytt; neste henting prøver igjen.
    .customer = Takk. Betalingen er fullført.
second_card_needed =
    .cashier = Depositumet er betalt. Dette kortet kan ikke sikre resten; be om et annet.
    .customer = Depositumet er betalt. Bruk et annet kort til resten.
deposit_not_captured =
    .cashier = Depositumet kunne ikke trekkes; reservasjonen på kortet er opphevet. Prøv igjen.
    .customer = Depositumet ble ikke trukket. Prøv igjen.
deposit_missing =
    .cashier = Ingenting er betalt på denne ordren ennå. Ta depositumet først.
    .customer = Betal depositumet først.
nothing_to_secure =
    .cashier = Hele ordren er betalt eller sikret.
    .customer = Hele bestillingen din er sikret.
nothing_to_write_off =
    .cashier = Ingenting mangler av denne betalingen. Det er ikke noe å avskrive.
    .customer = Ingenting mangler.
taken_back =
    .cashier = Ingen ventet på denne betalingen lenger. Den var trukket og er betalt tilbake.
    .customer = Betalingen er betalt tilbake til deg.
not_taken_back =
    .cashier = Ingen ventet på denne betalingen lenger. Den ble trukket og kunne ikke betales tilbake: refunder den.
    .customer = Denne betalingen skal fortsatt betales tilbake.
refund_due =
    .cashier = Linjene er kansellert, men ikke alle pengene kunne betales tilbake. Refunder resten.
    .customer = En del av pengene dine skal fortsatt betales tilbake.

## Orders.

order_unknown =
    .cashier = Denne ordren er ikke kjent her.
    .customer = Vi finner ikke denne bestillingen.
order_changed =
    .cashier = Ordren er endret i mellomtiden. Last den på nytt.
    .customer = Bestillingen din ble nettopp endret. { -moment }
order_busy =
    .cashier = Noe annet gjøres med denne ordren. Vent, og last den så på nytt.
    .customer = { -moment }
order_no_longer_valid =
    .cashier = Ordren er slettet eller ikke lenger gyldig. Last den på nytt.
    .customer = Bestillingen din er endret. { -moment }
order_invalid =
    .cashier = Ordren motsier seg selv og kan ikke brukes.
    .customer = { -moment }
line_unknown =
    .cashier = Ordren har ingen linje { $line }.
    .customer = { -moment }
line_not_open =
    .cashier = Linje { $line } er utlevert, kansellert eller nevnt to ganger. Last ordren på nytt.
    .customer = Denne varen er allerede utlevert eller kansellert.
line_not_shipped =
    .cashier = Linje { $line } skal ikke sendes.
    .customer = { -moment }
tap_unknown =
    .cashier = Dette er ikke holdt mot leseren i det siste. Be om det en gang til.
    .customer = Hold det mot leseren en gang til.
tap_not_bindable =
    .cashier = Dette kan ikke knyttes til en kunde. Be om ett kort eller én brikke alene, ikke en låst telefon.
    .customer = Hold ett kort alene mot leseren.
balance_due =
    .cashier = Kortene på ordren dekker ikke dette. Ta betalt for resten.
    .customer = Bestillingen er ikke ferdig betalt. Betal resten.
tender_line_missing =
    .cashier = Ordren har ingen betaling ennå. Ta betalt.
    .customer = Bestillingen er ikke betalt ennå. Du kan betale nå.
order_already_paid =
    .cashier = Denne ordren er allerede betalt.
    .customer = Bestillingen din er allerede betalt.
order_amount_not_positive =
    .cashier = Det er ingenting å betale for denne ordren.
    .customer = Det er ingenting å betale.
order_without_store =
    .cashier = Ordren mangler butikk.
    .customer = { -moment }
order_without_customer =
    .cashier = Ordren mangler kunde. Spør hvem den er til.
    .customer = Hvem er bestillingen til?
order_not_payable =
    .cashier = Ordren har varer som ikke kan betales slik. Bruk en annen betalingsmåte.
    .customer = Noen av varene kan ikke betales slik. { -way }
organisation_missing =
    .cashier = Kunden har ingen organisasjon som kan betale. Spør hvem som betaler.
    .customer = Hvilken organisasjon skal betale?
participants_missing =
    .cashier = Deltakerlisten mangler. Spør etter navnene.
    .customer = Vi trenger navnene på deltakerne.

## What must be known about the customer.

identity_number_missing =
    .cashier = Kundens fødselsnummer mangler. Spør etter det.
    .customer = Vi trenger fødselsnummeret ditt.
contact_missing =
    .cashier = Kundens e-post- eller postadresse mangler. Spør etter den.
    .customer = Vi trenger e-post- eller postadressen din.
email_missing =
    .cashier = Kunden har ingen gyldig e-postadresse. Spør etter den.
    .customer = Vi trenger e-postadressen din.
postal_address_missing =
    .cashier = Kundens postadresse mangler. Spør etter den.
    .customer = Vi trenger postadressen din.
phone_number_invalid =
    .cashier = Telefonnummeret er feil. Spør etter det på nytt.
    .customer = Sjekk telefonnummeret ditt.

## Payment on the customer's account.

customer_account_already_used =
    .cashier = Kundekontoen kan bare brukes én gang per salg. Bruk en annen betalingsmåte til resten.
    .customer = Kontoen din kan bare brukes én gang. { -way }
customer_account_wrong_sign =
    .cashier = Kundekontoen passer ikke til dette beløpet. Bruk en annen betalingsmåte.
    .customer = Kontoen din kan ikke brukes her. { -way }
customer_account_exceeds_due =
    .cashier = Det er mer enn det som skal betales nå. Tast et mindre beløp for kundekontoen.
    .customer = Det er mer enn du skal betale nå.
customer_account_not_own =
    .cashier = Dette er verken kundens egen konto eller fakturaens. Velg den riktige.
    .customer = Bruk din egen konto.
customer_account_not_allowed =
    .cashier = Denne kunden kan ikke handle på konto. Bruk en annen betalingsmåte.
    .customer = Du kan ikke handle på konto her. { -way }
customer_account_credit_insufficient =
    .cashier = Det er ikke nok kreditt på kundekontoen. Bruk en annen betalingsmåte.
    .customer = Det er ikke nok kreditt på kontoen din. { -way }
customer_account_too_young =
    .cashier = Kunden er for ung til å handle på konto. Bruk en annen betalingsmåte.
    .customer = Du kan ikke handle på konto ennå. { -way }
customer_account_without_mandate =
    .cashier = Kundekontoen har ingen fullmakt for direkte belastning. Bruk en annen betalingsmåte.
    .customer = Kontoen din har ikke fast trekk. { -way }
customer_account_without_subscription =
    .cashier = Kunden har ingen avtale om fast trekk. Bruk en annen betalingsmåte.
    .customer = Du har ingen avtale om fast trekk. { -way }
customer_account_invoice_unpaid =
    .cashier = Kunden har en ubetalt faktura. Spør om den skal betales først.
    .customer = Du har en ubetalt faktura. Vil du betale den nå?

## Loyalty and gift cards.

loyalty_points_insufficient =
    .cashier = Det er ikke nok poeng på fordelskortet. Bruk en annen betalingsmåte.
    .customer = Du har ikke nok poeng. { -way }
loyalty_refund_exceeds_limit =
    .cashier = Det er mer enn fordelskortet kan få tilbake. Refunder på en annen måte.
    .customer = Vi kan ikke føre så mye tilbake til fordelskortet ditt.
loyalty_card_unknown =
    .cashier = Fordelskortet er ikke kjent. Sjekk nummeret.
    .customer = Vi finner ikke fordelskortet ditt. Sjekk nummeret.
loyalty_card_blocked =
    .cashier = Fordelskortet er sperret. Bruk en annen betalingsmåte.
    .customer = Fordelskortet ditt kan ikke brukes. { -way }
loyalty_card_not_accepted =
    .cashier = Det går ikke å betale med dette fordelskortet her. Bruk en annen betalingsmåte.
    .customer = Du kan ikke betale med dette fordelskortet her. { -way }
loyalty_already_used =
    .cashier = Poeng kan bare brukes én gang per salg. Bruk en annen betalingsmåte til resten.
    .customer = Poeng kan bare brukes én gang. { -way }
gift_card_currency_mismatch =
    .cashier = Gavekortet er i en annen valuta. Bruk en annen betalingsmåte.
    .customer = Gavekortet ditt er i en annen valuta. { -way }
gift_card_balance_insufficient =
    .cashier = Det er ikke nok på gavekortet. Ta betalt for resten på en annen måte.
    .customer = Det er ikke nok på gavekortet ditt. Betal resten på en annen måte.
gift_card_changed =
    .cashier = Gavekortet er brukt et annet sted i mellomtiden. Last ordren på nytt.
    .customer = Gavekortet ditt ble nettopp brukt. { -moment }

## Agreements and the means of payment behind them.

payment_method_missing =
    .cashier = Kunden har ikke noe aktivt kort eller annet betalingsmiddel. Spør etter et.
    .customer = Hvordan vil du betale?
payment_method_cancelled =
    .cashier = Kundens betalingsmiddel er avsluttet. Be om et nytt.
    .customer = Kortet eller det faste trekket ditt er ikke lenger aktivt. Hvordan vil du betale?
payment_method_expired =
    .cashier = Kundens kort er utløpt eller må bekreftes på nytt.
    .customer = Kortet ditt er utløpt eller må bekreftes på nytt.
payment_method_failed =
    .cashier = Kundens betalingsmiddel virker ikke. Be om et annet.
    .customer = Kortet eller det faste trekket ditt virker ikke. { -way }
payment_method_inactive =
    .cashier = Kundens betalingsmiddel var ikke aktivt. Be om et annet.
    .customer = Kortet eller det faste trekket ditt var ikke aktivt. { -way }
subscription_inactive =
    .cashier = Avtalen er ikke aktiv.
    .customer = Avtalen din er ikke aktiv.
subscription_cancelled =
    .cashier = Avtalen er sagt opp.
    .customer = Avtalen din er sagt opp.
subscription_expired =
    .cashier = Avtalen er utløpt. Spør om kunden vil ha en ny.
    .customer = Avtalen din er utløpt. Vil du ha en ny?

## Invoices.

invoice_unknown =
    .cashier = Fakturaen er ikke kjent her. Spør etter nummeret på nytt.
    .customer = Vi finner ikke denne fakturaen. Sjekk nummeret.
invoice_incomplete =
    .cashier = Fakturaen er ufullstendig. Ring support.
    .customer = { -staff }
invoice_amount_not_positive =
    .cashier = Det er ingenting å betale på denne fakturaen.
    .customer = Det er ingenting å betale.
invoice_no_longer_valid =
    .cashier = Fakturaen er slettet eller ikke lenger gyldig. Last den på nytt.
    .customer = Denne fakturaen er ikke lenger gyldig.
invoice_not_possible =
    .cashier = Denne avtalen kan ikke faktureres. Bruk en annen betalingsmåte.
    .customer = Vi kan ikke sende faktura for dette. { -way }

## The request and the station.

parse_error =
    .cashier = Kassen sendte noe som ikke kan leses.
    .customer = { -moment }
invalid_request =
    .cashier = Kassen sendte noe som ikke er en forespørsel.
    .customer = { -moment }
method_not_found =
    .cashier = Kassen ba om noe som ikke finnes her.
    .customer = { -moment }
invalid_params =
    .cashier = Kassen sendte noe som ikke stemmer.
    .customer = { -moment }
language_unknown =
    .cashier = Dette språket finnes ikke her.
    .customer = { -moment }
idempotency_key_reused =
    .cashier = Kassen har brukt navnet på denne betalingen før, til noe annet.
    .customer = { -moment }
amount_out_of_range =
    .cashier = Beløpet er for lite eller for stort.
    .customer = { -moment }
currency_mismatch =
    .cashier = Valutaen må være { $currency } her.
    .customer = { -moment }
unauthorized =
    .cashier = Stasjonen kjenner ikke denne kassen. Koble den til.
    .customer = { -moment }
forbidden =
    .cashier = Dette krever en leder eller en tekniker.
    .customer = { -staff }
too_many_connections =
    .cashier = For mange kasser er tilkoblet. Prøv igjen om litt.
    .customer = { -moment }
station_stopping =
    .cashier = Stasjonen starter på nytt. Prøv igjen om litt.
    .customer = { -moment }
app_unknown =
    .cashier = Ingen kasse med dette navnet er koblet til.
    .customer = { -moment }
app_name_taken =
    .cashier = En kasse med dette navnet er allerede koblet til.
    .customer = { -moment }
not_found =
    .cashier = Dette er ikke kjent her.
    .customer = { -moment }
journal_unavailable =
    .cashier = Stasjonen kan ikke registrere betalinger nå, så den tar ingen. Ring support.
    .customer = Vi kan ikke ta betalt akkurat nå. Vi hjelper deg.
internal_error =
    .cashier = Stasjonen har en feil. Sjekk betalingen før du tar betalt på nytt, og ring support.
    .customer = { -staff }
other =
    .cashier = Betalingen gikk ikke gjennom. Ring support.
    .customer = Betalingen gikk ikke gjennom. Vi hjelper deg.
