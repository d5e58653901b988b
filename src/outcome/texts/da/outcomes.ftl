### Danish: a sentence for the cashier and one for the customer, for every outcome.
### Cashier: what is the matter, then what to do. Customer: no internals, no numbers.

## Said to customers again and again

-moment = Et øjeblik.
-card = Brug et andet kort.
-way = Betal på en anden måde.
-again = Det lykkedes ikke. Prøv igen.
-staff = Det kan ikke lade sig gøre lige nu. Vi hjælper dig.

## How an operation ended, when there is no more to say.

approved =
    .cashier = Godkendt.
    .customer = Tak. Det gik i orden.
done =
    .cashier = Udført.
    .customer = Tak. Det er gjort.
declined =
    .cashier = Afvist. Bed om et andet kort.
    .customer = Betalingen blev ikke godkendt. { -card }
cancelled =
    .cashier = Betalingen blev afbrudt.
    .customer = Betalingen blev afbrudt. Der er ikke trukket noget.
failed =
    .cashier = Det blev ikke gennemført. Prøv igen.
    .customer = { -again }
in_doubt =
    .cashier = Det vides ikke, om betalingen gik igennem. Tag ikke betaling igen; stationen undersøger det.
    .customer = Vi undersøger din betaling. Vent lidt, og betal ikke igen.
not_in_doubt =
    .cashier = Her er ikke længere noget uafklaret. Hent udfaldet.
    .customer = { -moment }
evidence_changed =
    .cashier = Der er kommet nye oplysninger. Se på dem, før du afgør det.
    .customer = { -moment }

## The card and its issuer.

card_declined =
    .cashier = Kortet blev afvist. Bed om et andet kort.
    .customer = Dit kort blev afvist. { -card }
insufficient_funds =
    .cashier = Der er ikke dækning på kortet. Bed om et andet kort.
    .customer = Dit kort blev afvist. { -card }
expired_card =
    .cashier = Kortet er udløbet. Bed om et andet kort.
    .customer = Dit kort er udløbet. { -card }
card_not_readable =
    .cashier = Kortet kan ikke læses. Bed om et andet kort.
    .customer = Dit kort kunne ikke læses. { -card }
card_not_accepted =
    .cashier = Denne korttype tages ikke her.
    .customer = Vi tager ikke denne type kort. { -card }
card_blocked =
    .cashier = Kortet er spærret. Bed om et andet kort.
    .customer = Dit kort blev afvist. { -card }
wrong_pin =
    .cashier = Forkert PIN. Lad kunden prøve igen.
    .customer = Forkert PIN. Prøv igen.
pin_tries_exceeded =
    .cashier = Forkert PIN for mange gange. Bed om et andet kort.
    .customer = Forkert PIN for mange gange. { -card }
amount_not_allowed =
    .cashier = Kortet tillader ikke dette beløb. Bed om et andet kort.
    .customer = Dit kort tillader ikke dette beløb. { -card }
authentication_needed =
    .cashier = Kunden skal bekræfte betalingen i sin bank.
    .customer = Bekræft betalingen i din bankapp.
fraud_suspected =
    .cashier = Betalingen blev stoppet, fordi den virker mistænkelig. Prøv ikke igen; ring til support.
    .customer = Vi kan ikke modtage denne betaling. Vi hjælper dig.
rejected_by_customer =
    .cashier = Kunden har afvist betalingen. Spørg, hvordan kunden vil betale.
    .customer = Du har afvist betalingen. Hvordan vil du betale?
card_type_unknown =
    .cashier = Ordrens korttype kendes ikke her. Tag en ny betaling.
    .customer = Kortet på din ordre kan ikke bruges her. { -way }
card_not_tokenizable =
    .cashier = Kortet kan ikke sikre resten; der er ikke reserveret noget på det. Bed om et andet.
    .customer = Kortet kan ikke bruges til at sikre resten. { -card }
card_token_not_readable =
    .cashier = Det gemte kort kan ikke hentes nu. Prøv igen om lidt.
    .customer = { -again }

## The terminal.

currency_not_accepted =
    .cashier = Denne valuta tages ikke her. Ring til support.
    .customer = Vi tager ikke denne valuta her.
host_unreachable =
    .cashier = Terminalen kan ikke få forbindelse til banken. Prøv igen.
    .customer = Der er ingen forbindelse til banken. Prøv igen.
reservation_unknown =
    .cashier = Terminalen kender ikke denne reservation. Ring til support.
    .customer = { -staff }
already_reversed =
    .cashier = Denne betaling er allerede tilbageført.
    .customer = Denne betaling er allerede annulleret.
reversal_not_possible =
    .cashier = Terminalen kan ikke længere tilbageføre betalingen. Refunder til kortet i stedet.
    .customer = Du får pengene tilbage på kortet.
terminal_busy =
    .cashier = Terminalen er optaget. Prøv igen.
    .customer = { -moment }
terminal_locked =
    .cashier = Terminalen er optaget af en anden betaling. Prøv igen, når den er færdig.
    .customer = { -moment }
terminal_in_doubt =
    .cashier = En betaling på denne terminal er ikke afklaret endnu. Vent, eller bed en leder om at afklare den.
    .customer = { -moment }
totals_differ =
    .cashier = Terminalens summer stemmer ikke med stationens. Se på afvigelserne, og kontakt support.
    .customer = { -staff }
terminal_leased =
    .cashier = En anden kasse har terminalen. Vent, eller brug en anden.
    .customer = { -moment }
no_terminal_free =
    .cashier = Ingen terminal er ledig. Prøv igen om lidt.
    .customer = { -moment }
terminal_not_ready =
    .cashier = Terminalen er ikke klar. Se på skærmen, og ring til support.
    .customer = { -staff }
terminal_unreachable =
    .cashier = Terminalen svarer ikke. Tjek kablet, og prøv igen.
    .customer = { -moment }
terminal_unknown =
    .cashier = Der er ingen terminal { $terminal } her.
    .customer = { -moment }
not_carried_out =
    .cashier = Terminalen har ikke taget betalingen. Prøv igen.
    .customer = Der er ikke trukket noget. Prøv igen.
not_supported =
    .cashier = Det kan ikke gøres her. Ring til support.
    .customer = { -staff }
printer_not_ready =
    .cashier = Printeren er ikke klar. Tjek papiret, og prøv igen.
    .customer = { -moment }

## The processor and the way to it.

processor_unreachable =
    .cashier = Der er ingen forbindelse til betalingstjenesten. Der er ikke trukket noget. Prøv igen.
    .customer = Der er ingen forbindelse lige nu. Der er ikke trukket noget.
processor_answer_unexpected =
    .cashier = Betalingstjenesten gav et uklart svar. Tag ikke betaling igen; ring til support.
    .customer = Vi undersøger din betaling. Betal ikke igen.
payment_data_invalid =
    .cashier = Betalingstjenesten godtog ikke oplysningerne. Tjek dem med kunden.
    .customer = Nogle af dine oplysninger blev ikke godtaget. Tjek dem venligst.
signature_wrong =
    .cashier = Betalingen kunne ikke bekræftes. Tag ikke betaling igen; ring til support.
    .customer = { -staff }
no_route =
    .cashier = Ingen terminal eller forretningsaftale her kan gøre det. Ring til support.
    .customer = { -staff }
merchant_account_unknown =
    .cashier = Ordrens kort kan ikke debiteres fra denne butik. Tag en ny betaling.
    .customer = Kortet på din ordre kan ikke bruges her. { -way }
tender_type_unknown =
    .cashier = Ordrens betalingsmåde kendes ikke her. Tag en ny betaling.
    .customer = Betalingen på din ordre kan ikke bruges her. { -way }
tender_type_not_supported =
    .cashier = Denne betalingsmåde er ikke sat op her. Brug en anden.
    .customer = Vi tager ikke denne betalingsmåde her. { -way }
exceeds_floor_limit =
    .cashier = Beløbet er for højt uden forbindelse. Brug en anden betalingsmåde, eller prøv senere.
    .customer = Der er ingen forbindelse lige nu. { -way }
awaiting_retry =
    .cashier = Accepteret. Pengene trækkes, når forbindelsen er tilbage. Tag ikke betaling igen.
    .customer = Tak. Betalingen er modtaget.
session_expired =
    .cashier = Kunden bekræftede ikke i tide. Spørg, om I skal begynde forfra.
    .customer = Tiden til at bekræfte er udløbet. Skal vi prøve igen?

## Payments.

payment_unknown =
    .cashier = Denne betaling kendes ikke her.
    .customer = Vi kan ikke finde denne betaling.
payment_busy =
    .cashier = Der arbejdes allerede med denne betaling. Vent, og tjek den så.
    .customer = { -moment }
payment_not_ready =
    .cashier = Der er ikke svar på denne betaling endnu. Vent, og tjek den så.
    .customer = { -moment }
payment_on_hold =
    .cashier = Betalingen er stadig til kontrol. Tjek den senere.
    .customer = Din betaling er til kontrol. Betal ikke igen.
on_hold =
    .cashier = Betalingen er til kontrol. Tag ikke betaling igen.
    .customer = Din betaling er til kontrol. Betal ikke igen.
payment_ended =
    .cashier = Denne betaling blev afvist eller mislykkedes. Bed om et andet kort.
    .customer = Betalingen blev ikke godkendt. { -card }
payment_already_voided =
    .cashier = Denne betaling er allerede annulleret.
    .customer = Denne betaling er allerede annulleret.
payment_authorized =
    .cashier = Pengene er reserveret på kortet. Der er ikke trukket noget endnu.
    .customer = Beløbet er reserveret på dit kort.
payment_partially_captured =
    .cashier = En del af pengene er trukket. Resten er stadig reserveret.
    .customer = En del af beløbet er betalt; resten er reserveret.
payment_captured =
    .cashier = Alle pengene er trukket.
    .customer = Beløbet er betalt.
payment_partially_refunded =
    .cashier = En del af pengene er refunderet.
    .customer = En del af beløbet er refunderet.
payment_refunded =
    .cashier = Alle pengene er refunderet.
    .customer = Beløbet er refunderet.
void_instead =
    .cashier = Der er ikke trukket noget endnu: annuller betalingen i stedet.
    .customer = Der er ikke trukket noget. Vi ophæver reservationen.
capture_less =
    .cashier = Der er ikke trukket noget endnu: træk mindre i stedet.
    .customer = Der er ikke trukket noget endnu. Vi ændrer beløbet.
refund_instead =
    .cashier = Pengene er trukket: refunder dem i stedet.
    .customer = Du får pengene tilbage på kortet.
exceeds_open_amount =
    .cashier =
        { $amount ->
            [none] Det er mere, end der er tilbage at trække.
           *[other] Der er kun { $amount } tilbage at trække.
        }
    .customer =
        { $amount ->
            [none] Det er mere, end der er reserveret.
           *[other] Kun { $amount } er stadig reserveret.
        }
only_whole_capture =
    .cashier = Kun hele det reserverede beløb kan trækkes, ikke en del. Tag en ny betaling.
    .customer = En del af det reserverede beløb kan ikke trækkes. Betal på en anden måde.
exceeds_captured_amount =
    .cashier =
        { $amount ->
            [none] Det er mere, end der kan refunderes.
           *[other] Der er kun { $amount } tilbage at refundere.
        }
    .customer =
        { $amount ->
            [none] Det er mere, end der kan refunderes.
           *[other] Der kan højst refunderes { $amount }.
        }
authorization_expired =
    .cashier = Pengene er ikke længere reserveret. Tag en ny betaling.
    .customer = Reservationen på dit kort er udløbet. Du skal betale igen.
authorization_not_renewed =
    .cashier = Pengene er ikke længere reserveret, og kortet kunne ikke belastes igen. Tag beløbet med kort i terminalen.
    .customer = Reservationen på dit kort er udløbet og kunne ikke fornyes. Betal med kort her.
authorization_unknown =
    .cashier = Betalingstjenesten kender ikke denne betaling. Ring til support.
    .customer = { -staff }
authorized_amount_changed =
    .cashier = Ordrens beløb er ikke længere det, kunden godkendte. Hent ordren igen.
    .customer = Prisen er ændret. { -moment }
capture_failed =
    .cashier = Pengene kunne ikke trækkes på kortet. Tag en ny betaling.
    .customer = Der kunne ikke trækkes på dit kort. { -way }
void_failed =
    .cashier = Betalingen kunne ikke annulleres. Tjek den, og prøv så igen.
    .customer = { -moment }

## Deposits.

remainder_declined =
    .cashier = Depositummet er betalt, men resten kunne ikke sikres på kortet. Bed om et andet kort.
    .customer = Dit depositum er betalt. Brug et andet kort til resten.
rest_not_secured =
    .cashier = Betalt. Resten af ordren kunne ikke reserveres igen; næste afhentning prøver igen.
    .customer = Tak. Din betaling er gennemført.
second_card_needed =
    .cashier = Depositummet er betalt. Kortet kan ikke sikre resten; bed om et andet.
    .customer = Dit depositum er betalt. Brug et andet kort til resten.
deposit_not_captured =
    .cashier = Depositummet kunne ikke trækkes; reservationen på kortet er ophævet. Prøv igen.
    .customer = Depositummet blev ikke trukket. Prøv igen.
deposit_missing =
    .cashier = Der er ikke betalt noget på ordren endnu. Tag depositummet først.
    .customer = Betal venligst depositummet først.
nothing_to_secure =
    .cashier = Hele ordren er betalt eller sikret.
    .customer = Hele din ordre er sikret.
nothing_to_write_off =
    .cashier = Der mangler intet af denne betaling. Der er intet at afskrive.
    .customer = Der mangler intet.
taken_back =
    .cashier = Ingen ventede længere på denne betaling. Den var trukket og er betalt tilbage.
    .customer = Betalingen er betalt tilbage til dig.
not_taken_back =
    .cashier = Ingen ventede længere på denne betaling. Den blev trukket og kunne ikke betales tilbage: refunder den.
    .customer = Denne betaling mangler stadig at blive betalt tilbage.
refund_due =
    .cashier = Linjerne er annulleret, men ikke alle pengene kunne betales tilbage. Refunder resten.
    .customer = En del af dine penge mangler stadig at blive betalt tilbage.

## Orders.

order_unknown =
    .cashier = Denne ordre kendes ikke her.
    .customer = Vi kan ikke finde denne ordre.
order_changed =
    .cashier = Ordren er ændret i mellemtiden. Hent den igen.
    .customer = Din ordre er lige blevet ændret. { -moment }
order_busy =
    .cashier = Der arbejdes allerede med denne ordre. Vent, og hent den så igen.
    .customer = { -moment }
order_no_longer_valid =
    .cashier = Ordren er slettet eller ikke længere gyldig. Hent den igen.
    .customer = Din ordre er ændret. { -moment }
order_invalid =
    .cashier = Ordren modsiger sig selv og kan ikke bruges.
    .customer = { -moment }
line_unknown =
    .cashier = Ordren har ingen linje { $line }.
    .customer = { -moment }
line_not_open =
    .cashier = Linje { $line } er udleveret, annulleret eller nævnt to gange. Hent ordren igen.
    .customer = Denne vare er allerede udleveret eller annulleret.
line_not_shipped =
    .cashier = Linje { $line } skal ikke sendes.
    .customer = { -moment }
tap_unknown =
    .cashier = Dette er ikke holdt mod læseren for nylig. Bed om det en gang til.
    .customer = Hold det mod læseren en gang til.
tap_not_bindable =
    .cashier = Dette kan ikke knyttes til en kunde. Bed om ét kort eller én brik alene, ikke en låst telefon.
    .customer = Hold ét kort alene mod læseren.
balance_due =
    .cashier = Ordrens kort dækker ikke det hele. Tag betaling for resten.
    .customer = Ordren er ikke betalt fuldt ud. Betal venligst resten.
tender_line_missing =
    .cashier = Ordren har ingen betaling endnu. Tag en.
    .customer = Ordren er ikke betalt endnu. Du kan betale nu.
order_already_paid =
    .cashier = Denne ordre er allerede betalt.
    .customer = Din ordre er allerede betalt.
order_amount_not_positive =
    .cashier = Der er intet at betale for denne ordre.
    .customer = Der er intet at betale.
order_without_store =
    .cashier = Ordren mangler en butik.
    .customer = { -moment }
order_without_customer =
    .cashier = Ordren mangler en kunde. Spørg, hvem den er til.
    .customer = Hvem er ordren til?
order_not_payable =
    .cashier = Ordren har varer, der ikke kan betales sådan. Brug en anden betalingsmåde.
    .customer = Nogle varer kan ikke betales sådan. { -way }
organisation_missing =
    .cashier = Kunden har ingen organisation, der kan betale. Spørg, hvem der betaler.
    .customer = Hvilken organisation betaler?
participants_missing =
    .cashier = Deltagerlisten mangler. Spørg efter navnene.
    .customer = Vi skal bruge deltagernes navne.

## What must be known about the customer.

identity_number_missing =
    .cashier = Kundens CPR-nummer mangler. Spørg efter det.
    .customer = Vi skal bruge dit CPR-nummer.
contact_missing =
    .cashier = Kundens e-mail- eller postadresse mangler. Spørg efter den.
    .customer = Vi skal bruge din e-mail- eller postadresse.
email_missing =
    .cashier = Kunden har ingen gyldig e-mailadresse. Spørg efter den.
    .customer = Vi skal bruge din e-mailadresse.
postal_address_missing =
    .cashier = Kundens postadresse mangler. Spørg efter den.
    .customer = Vi skal bruge din postadresse.
phone_number_invalid =
    .cashier = Telefonnummeret er forkert. Spørg efter det igen.
    .customer = Tjek venligst dit telefonnummer.

## Payment on the customer's account.

customer_account_already_used =
    .cashier = Kundekontoen kan kun bruges én gang pr. salg. Brug en anden betalingsmåde til resten.
    .customer = Din konto kan kun bruges én gang. { -way }
customer_account_wrong_sign =
    .cashier = Kundekontoen passer ikke til dette beløb. Brug en anden betalingsmåde.
    .customer = Din konto kan ikke bruges her. { -way }
customer_account_exceeds_due =
    .cashier = Det er mere, end der skal betales nu. Indtast et mindre beløb for kundekontoen.
    .customer = Det er mere, end du skal betale nu.
customer_account_not_own =
    .cashier = Det er hverken kundens egen konto eller fakturaens. Vælg den rigtige.
    .customer = Brug venligst din egen konto.
customer_account_not_allowed =
    .cashier = Denne kunde må ikke handle på konto. Brug en anden betalingsmåde.
    .customer = Du kan ikke handle på konto her. { -way }
customer_account_credit_insufficient =
    .cashier = Der er ikke kredit nok på kundekontoen. Brug en anden betalingsmåde.
    .customer = Der er ikke kredit nok på din konto. { -way }
customer_account_too_young =
    .cashier = Kunden er for ung til at handle på konto. Brug en anden betalingsmåde.
    .customer = Du kan ikke handle på konto endnu. { -way }
customer_account_without_mandate =
    .cashier = Kundekontoen har ikke fuldmagt til direkte betaling. Brug en anden betalingsmåde.
    .customer = Din konto har ingen betalingsaftale. { -way }
customer_account_without_subscription =
    .cashier = Kunden har ingen aftale om automatisk betaling. Brug en anden betalingsmåde.
    .customer = Du har ingen aftale om automatisk betaling. { -way }
customer_account_invoice_unpaid =
    .cashier = Kunden har en ubetalt faktura. Spørg, om den skal betales først.
    .customer = Du har en ubetalt faktura. Vil du betale den nu?

## Loyalty and gift cards.

loyalty_points_insufficient =
    .cashier = Der er ikke point nok på fordelskortet. Brug en anden betalingsmåde.
    .customer = Du har ikke point nok. { -way }
loyalty_refund_exceeds_limit =
    .cashier = Det er mere, end fordelskortet kan få tilbage. Refunder på en anden måde.
    .customer = Vi kan ikke føre så meget tilbage til dit fordelskort.
loyalty_card_unknown =
    .cashier = Fordelskortet kendes ikke. Tjek nummeret.
    .customer = Vi kan ikke finde dit fordelskort. Tjek venligst nummeret.
loyalty_card_blocked =
    .cashier = Fordelskortet er spærret. Brug en anden betalingsmåde.
    .customer = Dit fordelskort kan ikke bruges. { -way }
loyalty_card_not_accepted =
    .cashier = Der kan ikke betales med dette fordelskort her. Brug en anden betalingsmåde.
    .customer = Du kan ikke betale med dette fordelskort her. { -way }
loyalty_already_used =
    .cashier = Point kan kun bruges én gang pr. salg. Brug en anden betalingsmåde til resten.
    .customer = Point kan kun bruges én gang. { -way }
gift_card_currency_mismatch =
    .cashier = Gavekortet er i en anden valuta. Brug en anden betalingsmåde.
    .customer = Dit gavekort er i en anden valuta. { -way }
gift_card_balance_insufficient =
    .cashier = Der er ikke nok på gavekortet. Tag betaling for resten på en anden måde.
    .customer = Der er ikke nok på dit gavekort. Betal resten på en anden måde.
gift_card_changed =
    .cashier = Gavekortet er brugt et andet sted i mellemtiden. Hent ordren igen.
    .customer = Dit gavekort er lige blevet brugt. { -moment }

## Agreements and the means of payment behind them.

payment_method_missing =
    .cashier = Kunden har intet aktivt kort eller andet betalingsmiddel. Spørg efter et.
    .customer = Hvordan vil du betale?
payment_method_cancelled =
    .cashier = Kundens betalingsmiddel er opsagt. Bed om et nyt.
    .customer = Dit kort eller din betalingsaftale er ikke længere aktiv. Hvordan vil du betale?
payment_method_expired =
    .cashier = Kundens kort er udløbet eller skal bekræftes igen.
    .customer = Dit kort er udløbet eller skal bekræftes igen.
payment_method_failed =
    .cashier = Kundens betalingsmiddel virker ikke. Bed om et andet.
    .customer = Dit kort eller din betalingsaftale virker ikke. { -way }
payment_method_inactive =
    .cashier = Kundens betalingsmiddel var ikke aktivt. Bed om et andet.
    .customer = Dit kort eller din betalingsaftale var ikke aktiv. { -way }
subscription_inactive =
    .cashier = Aftalen er ikke aktiv.
    .customer = Din aftale er ikke aktiv.
subscription_cancelled =
    .cashier = Aftalen er opsagt.
    .customer = Din aftale er opsagt.
subscription_expired =
    .cashier = Aftalen er udløbet. Spørg, om kunden vil have en ny.
    .customer = Din aftale er udløbet. Vil du have en ny?

## Invoices.

invoice_unknown =
    .cashier = Fakturaen kendes ikke her. Spørg efter nummeret igen.
    .customer = Vi kan ikke finde denne faktura. Tjek venligst nummeret.
invoice_incomplete =
    .cashier = Fakturaen er ufuldstændig. Ring til support.
    .customer = { -staff }
invoice_amount_not_positive =
    .cashier = Der er intet at betale på denne faktura.
    .customer = Der er intet at betale.
invoice_no_longer_valid =
    .cashier = Fakturaen er slettet eller ikke længere gyldig. Hent den igen.
    .customer = Denne faktura er ikke længere gyldig.
invoice_not_possible =
    .cashier = Denne aftale kan ikke faktureres. Brug en anden betalingsmåde.
    .customer = Vi kan ikke sende en faktura for dette. { -way }

## The request and the station.

parse_error =
    .cashier = Kassen sendte noget, der ikke kan læses.
    .customer = { -moment }
invalid_request =
    .cashier = Kassen sendte noget, der ikke er en forespørgsel.
    .customer = { -moment }
method_not_found =
    .cashier = Kassen bad om noget, der ikke findes her.
    .customer = { -moment }
invalid_params =
    .cashier = Kassen sendte noget, der ikke er rigtigt.
    .customer = { -moment }
language_unknown =
    .cashier = Dette sprog findes ikke her.
    .customer = { -moment }
idempotency_key_reused =
    .cashier = Kassen har brugt betalingens navn før, til noget andet.
    .customer = { -moment }
amount_out_of_range =
    .cashier = Beløbet er for lille eller for stort.
    .customer = { -moment }
currency_mismatch =
    .cashier = Valutaen skal være { $currency } her.
    .customer = { -moment }
unauthorized =
    .cashier = Stationen kender ikke denne kasse. Par den.
    .customer = { -moment }
forbidden =
    .cashier = Det kræver en leder eller en tekniker.
    .customer = { -staff }
too_many_connections =
    .cashier = For mange kasser er forbundet. Prøv igen om lidt.
    .customer = { -moment }
station_stopping =
    .cashier = Stationen genstarter. Prøv igen om lidt.
    .customer = { -moment }
app_unknown =
    .cashier = Ingen kasse med dette navn er parret.
    .customer = { -moment }
app_name_taken =
    .cashier = En kasse med dette navn er allerede parret.
    .customer = { -moment }
not_found =
    .cashier = Det kendes ikke her.
    .customer = { -moment }
journal_unavailable =
    .cashier = Stationen kan ikke registrere betalinger nu, så den tager ingen. Ring til support.
    .customer = Vi kan ikke tage imod betaling lige nu. Vi hjælper dig.
internal_error =
    .cashier = Stationen har en fejl. Tjek betalingen, før du tager betaling igen, og ring til support.
    .customer = { -staff }
other =
    .cashier = Betalingen gik ikke igennem. Ring til support.
    .customer = Betalingen gik ikke igennem. Vi hjælper dig.
