### Swedish: a sentence for the cashier and one for the customer, for every outcome.
### Cashier: what is the matter, then what to do. Customer: no internals, no numbers.

## Said to customers again and again

-moment = Ett ögonblick.
-card = Använd ett annat kort.
-way = Betala på ett annat sätt.
-again = Det gick inte. Försök igen.
-staff = Det går inte just nu. Vi hjälper dig.

## How an operation ended, when there is no more to say.

approved =
    .cashier = Godkänt.
    .customer = Tack. Det gick bra.
done =
    .cashier = Klart.
    .customer = Tack. Det är gjort.
declined =
    .cashier = Nekat. Be om ett annat kort.
    .customer = Betalningen godkändes inte. { -card }
cancelled =
    .cashier = Betalningen avbröts.
    .customer = Betalningen avbröts. Inga pengar har dragits.
failed =
    .cashier = Det genomfördes inte. Försök igen.
    .customer = { -again }
in_doubt =
    .cashier = Det är oklart om betalningen gick igenom. Ta inte betalt igen; stationen tar reda på det.
    .customer = Vi kontrollerar din betalning. Vänta lite och betala inte igen.
not_in_doubt =
    .cashier = Inget är längre oklart här. Hämta utfallet.
    .customer = { -moment }
evidence_changed =
    .cashier = Det har kommit nya uppgifter. Titta på dem innan du avgör.
    .customer = { -moment }

## The card and its issuer.

card_declined =
    .cashier = Kortet nekades. Be om ett annat kort.
    .customer = Ditt kort nekades. { -card }
insufficient_funds =
    .cashier = Det finns inte tillräckligt med pengar på kortet. Be om ett annat kort.
    .customer = Ditt kort nekades. { -card }
expired_card =
    .cashier = Kortet har gått ut. Be om ett annat kort.
    .customer = Ditt kort har gått ut. { -card }
card_not_readable =
    .cashier = Kortet kan inte läsas. Be om ett annat kort.
    .customer = Ditt kort kunde inte läsas. { -card }
card_not_accepted =
    .cashier = Den här korttypen tas inte emot här.
    .customer = Vi tar inte emot den här typen av kort. { -card }
card_blocked =
    .cashier = Kortet är spärrat. Be om ett annat kort.
    .customer = Ditt kort nekades. { -card }
wrong_pin =
    .cashier = Fel PIN. Låt kunden försöka igen.
    .customer = Fel PIN. Försök igen.
pin_tries_exceeded =
    .cashier = Fel PIN för många gånger. Be om ett annat kort.
    .customer = Fel PIN för många gånger. { -card }
amount_not_allowed =
    .cashier = Kortet tillåter inte det här beloppet. Be om ett annat kort.
    .customer = Ditt kort tillåter inte det här beloppet. { -card }
authentication_needed =
    .cashier = Kunden måste bekräfta betalningen hos sin bank.
    .customer = Bekräfta betalningen i din bankapp.
fraud_suspected =
    .cashier = Betalningen stoppades för att den verkar misstänkt. Försök inte igen; ring supporten.
    .customer = Vi kan inte ta emot den här betalningen. Vi hjälper dig.
rejected_by_customer =
    .cashier = Kunden har avvisat betalningen. Fråga hur kunden vill betala.
    .customer = Du har avvisat betalningen. Hur vill du betala?
card_type_unknown =
    .cashier = Orderns korttyp är inte känd här. Ta en ny betalning.
    .customer = Kortet på din beställning kan inte användas här. { -way }
card_not_tokenizable =
    .cashier = Kortet kan inte säkra resten; inget är reserverat på det. Be om ett annat.
    .customer = Kortet kan inte användas för att säkra resten. { -card }
card_token_not_readable =
    .cashier = Det sparade kortet kan inte hämtas nu. Försök igen om en stund.
    .customer = { -again }

## The terminal.

currency_not_accepted =
    .cashier = Den här valutan tas inte emot här. Ring supporten.
    .customer = Vi tar inte emot den här valutan.
host_unreachable =
    .cashier = Terminalen når inte banken. Försök igen.
    .customer = Det finns ingen kontakt med banken. Försök igen.
reservation_unknown =
    .cashier = Terminalen känner inte till reservationen. Ring supporten.
    .customer = { -staff }
already_reversed =
    .cashier = Betalningen har redan återförts.
    .customer = Betalningen är redan annullerad.
reversal_not_possible =
    .cashier = Terminalen kan inte längre återföra betalningen. Återbetala till kortet i stället.
    .customer = Du får pengarna tillbaka på kortet.
terminal_busy =
    .cashier = Terminalen är upptagen. Försök igen.
    .customer = { -moment }
terminal_locked =
    .cashier = Terminalen är upptagen med en annan betalning. Försök igen när den är klar.
    .customer = { -moment }
terminal_in_doubt =
    .cashier = En betalning på den här terminalen är inte utredd än. Vänta, eller be en ansvarig reda ut den.
    .customer = { -moment }
totals_differ =
    .cashier = Terminalens summor stämmer inte med stationens. Se på avvikelserna och kontakta support.
    .customer = { -staff }
terminal_leased =
    .cashier = En annan kassa har terminalen. Vänta, eller använd en annan.
    .customer = { -moment }
no_terminal_free =
    .cashier = Ingen terminal är ledig. Försök igen om en stund.
    .customer = { -moment }
terminal_not_ready =
    .cashier = Terminalen är inte klar. Se på skärmen och ring supporten.
    .customer = { -staff }
terminal_unreachable =
    .cashier = Terminalen svarar inte. Kontrollera kabeln och försök igen.
    .customer = { -moment }
terminal_unknown =
    .cashier = Det finns ingen terminal { $terminal } här.
    .customer = { -moment }
not_carried_out =
    .cashier = Terminalen har inte tagit betalningen. Försök igen.
    .customer = Inga pengar har dragits. Försök igen.
not_supported =
    .cashier = Det här går inte att göra här. Ring supporten.
    .customer = { -staff }
printer_not_ready =
    .cashier = Skrivaren är inte klar. Kontrollera papperet och försök igen.
    .customer = { -moment }

## The processor and the way to it.

processor_unreachable =
    .cashier = Betaltjänsten kan inte nås. Inga pengar har dragits. Försök igen.
    .customer = Det finns ingen anslutning just nu. Inga pengar har dragits.
processor_answer_unexpected =
    .cashier = Betaltjänsten gav ett oklart svar. Ta inte betalt igen; ring supporten.
    .customer = Vi kontrollerar din betalning. Betala inte igen.
payment_data_invalid =
    .cashier = Betaltjänsten godtog inte uppgifterna. Kontrollera dem med kunden.
    .customer = Några av dina uppgifter godtogs inte. Kontrollera dem.
signature_wrong =
    .cashier = Betalningen kunde inte bekräftas. Ta inte betalt igen; ring supporten.
    .customer = { -staff }
no_route =
    .cashier = Ingen terminal och inget inlösenavtal här kan göra detta. Ring supporten.
    .customer = { -staff }
merchant_account_unknown =
    .cashier = Orderns kort kan inte debiteras från den här butiken. Ta en ny betalning.
    .customer = Kortet på din beställning kan inte användas här. { -way }
tender_type_unknown =
    .cashier = Orderns betalningssätt är inte känt här. Ta en ny betalning.
    .customer = Betalningen på din beställning kan inte användas här. { -way }
tender_type_not_supported =
    .cashier = Det här betalningssättet är inte upplagt här. Använd ett annat.
    .customer = Vi tar inte emot det här betalningssättet. { -way }
exceeds_floor_limit =
    .cashier = Beloppet är för högt utan anslutning. Ta betalt på ett annat sätt eller försök senare.
    .customer = Det finns ingen anslutning just nu. { -way }
awaiting_retry =
    .cashier = Accepterat. Pengarna dras när anslutningen är tillbaka. Ta inte betalt igen.
    .customer = Tack. Betalningen är mottagen.
session_expired =
    .cashier = Kunden bekräftade inte i tid. Fråga om ni ska börja om.
    .customer = Tiden för att bekräfta har gått ut. Ska vi försöka igen?

## Payments.

payment_unknown =
    .cashier = Den här betalningen är inte känd här.
    .customer = Vi hittar inte den här betalningen.
payment_busy =
    .cashier = Något annat görs med den här betalningen. Vänta och kontrollera den sedan.
    .customer = { -moment }
payment_not_ready =
    .cashier = Betalningen har inte fått svar än. Vänta och kontrollera den sedan.
    .customer = { -moment }
payment_on_hold =
    .cashier = Betalningen granskas fortfarande. Kontrollera den senare.
    .customer = Din betalning granskas. Betala inte igen.
on_hold =
    .cashier = Betalningen granskas. Ta inte betalt igen.
    .customer = Din betalning granskas. Betala inte igen.
payment_ended =
    .cashier = Betalningen nekades eller misslyckades. Be om ett annat kort.
    .customer = Betalningen godkändes inte. { -card }
payment_already_voided =
    .cashier = Betalningen är redan annullerad.
    .customer = Betalningen är redan annullerad.
payment_authorized =
    .cashier = Pengarna är reserverade på kortet. Inget har dragits än.
    .customer = Beloppet är reserverat på ditt kort.
payment_partially_captured =
    .cashier = En del av pengarna har dragits. Resten är fortfarande reserverad.
    .customer = En del av beloppet är betald; resten är reserverad.
payment_captured =
    .cashier = Alla pengar har dragits.
    .customer = Beloppet är betalt.
payment_partially_refunded =
    .cashier = En del av pengarna har återbetalats.
    .customer = En del av beloppet har återbetalats.
payment_refunded =
    .cashier = Alla pengar har återbetalats.
    .customer = Beloppet har återbetalats.
void_instead =
    .cashier = Inget har dragits än: annullera betalningen i stället.
    .customer = Inget har dragits. Vi häver reservationen.
capture_less =
    .cashier = Inget har dragits än: dra mindre i stället.
    .customer = Inget har dragits än. Vi ändrar beloppet.
refund_instead =
    .cashier = Pengarna har dragits: återbetala dem i stället.
    .customer = Du får pengarna tillbaka på kortet.
exceeds_open_amount =
    .cashier =
        { $amount ->
            [none] Det är mer än vad som återstår att dra.
           *[other] Bara { $amount } återstår att dra.
        }
    .customer =
        { $amount ->
            [none] Det är mer än vad som är reserverat.
           *[other] Bara { $amount } är fortfarande reserverat.
        }
only_whole_capture =
    .cashier = Bara hela det reserverade beloppet kan dras, inte en del. Ta en ny betalning.
    .customer = En del av det reserverade beloppet kan inte dras. Betala på ett annat sätt.
exceeds_captured_amount =
    .cashier =
        { $amount ->
            [none] Det är mer än vad som kan återbetalas.
           *[other] Bara { $amount } återstår att återbetala.
        }
    .customer =
        { $amount ->
            [none] Det är mer än vad som kan återbetalas.
           *[other] Högst { $amount } kan återbetalas.
        }
authorization_expired =
    .cashier = Pengarna är inte längre reserverade. Ta en ny betalning.
    .customer = Reservationen på ditt kort har gått ut. Du behöver betala igen.
authorization_not_renewed =
    .cashier = Pengarna är inte längre reserverade och kortet kunde inte debiteras på nytt. Ta beloppet med kort i terminalen.
    .customer = Reservationen på ditt kort har gått ut och kunde inte förnyas. Betala med kort här.
authorization_unknown =
    .cashier = Betaltjänsten känner inte till den här betalningen. Ring supporten.
    .customer = { -staff }
authorized_amount_changed =
    .cashier = Orderns summa är inte längre den som kunden godkände. Hämta ordern igen.
    .customer = Priset har ändrats. { -moment }
capture_failed =
    .cashier = Pengarna kunde inte dras från kortet. Ta en ny betalning.
    .customer = Ditt kort kunde inte debiteras. { -way }
void_failed =
    .cashier = Betalningen kunde inte annulleras. Kontrollera den och försök sedan igen.
    .customer = { -moment }

## Deposits.

remainder_declined =
    .cashier = Depositionen är betald, men resten kunde inte säkras på kortet. Be om ett annat kort.
    .customer = Depositionen är betald. Använd ett annat kort för resten.
rest_not_secured =
    .cashier = Betalt. Resten av ordern kunde inte reserveras på nytt; nästa uthämtning försöker igen.
    .customer = Tack. Din betalning är klar.
second_card_needed =
    .cashier = Depositionen är betald. Kortet kan inte säkra resten; be om ett annat.
    .customer = Depositionen är betald. Använd ett annat kort för resten.
deposit_not_captured =
    .cashier = Depositionen kunde inte dras; reservationen på kortet är hävd. Försök igen.
    .customer = Depositionen drogs inte. Försök igen.
deposit_missing =
    .cashier = Inget är betalt på ordern än. Ta depositionen först.
    .customer = Betala depositionen först.
nothing_to_secure =
    .cashier = Hela ordern är betald eller säkrad.
    .customer = Hela din beställning är säkrad.
nothing_to_write_off =
    .cashier = Inget saknas av den här betalningen. Det finns inget att skriva av.
    .customer = Inget saknas.
taken_back =
    .cashier = Ingen väntade längre på den här betalningen. Den hade dragits och är återbetald.
    .customer = Betalningen är återbetald till dig.
not_taken_back =
    .cashier = Ingen väntade längre på den här betalningen. Den drogs och kunde inte återbetalas: återbetala den.
    .customer = Den här betalningen ska fortfarande betalas tillbaka.
refund_due =
    .cashier = Raderna är avbrutna, men alla pengar kunde inte betalas tillbaka. Återbetala resten.
    .customer = En del av dina pengar ska fortfarande betalas tillbaka.

## Orders.

order_unknown =
    .cashier = Ordern är inte känd här.
    .customer = Vi hittar inte den här beställningen.
order_changed =
    .cashier = Ordern har ändrats under tiden. Hämta den igen.
    .customer = Din beställning har just ändrats. { -moment }
order_busy =
    .cashier = Något annat görs med ordern. Vänta och hämta den sedan igen.
    .customer = { -moment }
order_no_longer_valid =
    .cashier = Ordern är borttagen eller gäller inte längre. Hämta den igen.
    .customer = Din beställning har ändrats. { -moment }
order_invalid =
    .cashier = Ordern motsäger sig själv och kan inte användas.
    .customer = { -moment }
line_unknown =
    .cashier = Ordern har ingen rad { $line }.
    .customer = { -moment }
line_not_open =
    .cashier = Rad { $line } är utlämnad, struken eller nämnd två gånger. Hämta ordern igen.
    .customer = Den här varan är redan utlämnad eller avbeställd.
line_not_shipped =
    .cashier = Rad { $line } ska inte skickas.
    .customer = { -moment }
tap_unknown =
    .cashier = Detta har inte hållits mot läsaren nyligen. Be om det en gång till.
    .customer = Håll det mot läsaren en gång till.
tap_not_bindable =
    .cashier = Detta kan inte knytas till en kund. Be om ett kort eller en bricka ensam, inte en låst telefon.
    .customer = Håll ett kort ensamt mot läsaren.
balance_due =
    .cashier = Orderns kort täcker inte allt. Ta betalt för resten.
    .customer = Beställningen är inte helt betald. Betala resten.
tender_line_missing =
    .cashier = Ordern har ingen betalning än. Ta betalt.
    .customer = Beställningen är inte betald än. Du kan betala nu.
order_already_paid =
    .cashier = Ordern är redan betald.
    .customer = Din beställning är redan betald.
order_amount_not_positive =
    .cashier = Det finns inget att betala för ordern.
    .customer = Det finns inget att betala.
order_without_store =
    .cashier = Ordern saknar butik.
    .customer = { -moment }
order_without_customer =
    .cashier = Ordern saknar kund. Fråga vem den är till.
    .customer = Vem är beställningen till?
order_not_payable =
    .cashier = Ordern har varor som inte kan betalas så. Använd ett annat betalningssätt.
    .customer = Några varor kan inte betalas så. { -way }
organisation_missing =
    .cashier = Kunden har ingen organisation som kan betala. Fråga vem som betalar.
    .customer = Vilken organisation ska betala?
participants_missing =
    .cashier = Deltagarlistan saknas. Fråga efter namnen.
    .customer = Vi behöver deltagarnas namn.

## What must be known about the customer.

identity_number_missing =
    .cashier = Kundens personnummer saknas. Fråga efter det.
    .customer = Vi behöver ditt personnummer.
contact_missing =
    .cashier = Kundens e-post- eller postadress saknas. Fråga efter den.
    .customer = Vi behöver din e-post- eller postadress.
email_missing =
    .cashier = Kunden har ingen giltig e-postadress. Fråga efter den.
    .customer = Vi behöver din e-postadress.
postal_address_missing =
    .cashier = Kundens postadress saknas. Fråga efter den.
    .customer = Vi behöver din postadress.
phone_number_invalid =
    .cashier = Telefonnumret är fel. Fråga efter det igen.
    .customer = Kontrollera ditt telefonnummer.

## Payment on the customer's account.

customer_account_already_used =
    .cashier = Kundkontot kan bara användas en gång per köp. Använd ett annat betalningssätt för resten.
    .customer = Ditt konto kan bara användas en gång. { -way }
customer_account_wrong_sign =
    .cashier = Kundkontot passar inte till beloppet. Använd ett annat betalningssätt.
    .customer = Ditt konto kan inte användas här. { -way }
customer_account_exceeds_due =
    .cashier = Det är mer än vad som ska betalas nu. Ange ett mindre belopp för kundkontot.
    .customer = Det är mer än du ska betala nu.
customer_account_not_own =
    .cashier = Det är varken kundens eget konto eller fakturans. Välj rätt konto.
    .customer = Använd ditt eget konto.
customer_account_not_allowed =
    .cashier = Kunden får inte handla på konto. Använd ett annat betalningssätt.
    .customer = Du kan inte handla på konto här. { -way }
customer_account_credit_insufficient =
    .cashier = Krediten på kundkontot räcker inte. Använd ett annat betalningssätt.
    .customer = Krediten på ditt konto räcker inte. { -way }
customer_account_too_young =
    .cashier = Kunden är för ung för att handla på konto. Använd ett annat betalningssätt.
    .customer = Du kan inte handla på konto än. { -way }
customer_account_without_mandate =
    .cashier = Kundkontot har inget autogiromedgivande. Använd ett annat betalningssätt.
    .customer = Ditt konto har inget autogiro. { -way }
customer_account_without_subscription =
    .cashier = Kunden har inget avtal om autogiro. Använd ett annat betalningssätt.
    .customer = Du har inget avtal om autogiro. { -way }
customer_account_invoice_unpaid =
    .cashier = Kunden har en obetald faktura. Fråga om den ska betalas först.
    .customer = Du har en obetald faktura. Vill du betala den nu?

## Loyalty and gift cards.

loyalty_points_insufficient =
    .cashier = Poängen på bonuskortet räcker inte. Använd ett annat betalningssätt.
    .customer = Dina poäng räcker inte. { -way }
loyalty_refund_exceeds_limit =
    .cashier = Det är mer än vad bonuskortet kan få tillbaka. Återbetala på ett annat sätt.
    .customer = Vi kan inte föra tillbaka så mycket till ditt bonuskort.
loyalty_card_unknown =
    .cashier = Bonuskortet är inte känt. Kontrollera numret.
    .customer = Vi hittar inte ditt bonuskort. Kontrollera numret.
loyalty_card_blocked =
    .cashier = Bonuskortet är spärrat. Använd ett annat betalningssätt.
    .customer = Ditt bonuskort kan inte användas. { -way }
loyalty_card_not_accepted =
    .cashier = Det går inte att betala med bonuskortet här. Använd ett annat betalningssätt.
    .customer = Du kan inte betala med bonuskortet här. { -way }
loyalty_already_used =
    .cashier = Poäng kan bara användas en gång per köp. Använd ett annat betalningssätt för resten.
    .customer = Poäng kan bara användas en gång. { -way }
gift_card_currency_mismatch =
    .cashier = Presentkortet är i en annan valuta. Använd ett annat betalningssätt.
    .customer = Ditt presentkort är i en annan valuta. { -way }
gift_card_balance_insufficient =
    .cashier = Presentkortet räcker inte. Ta betalt för resten på ett annat sätt.
    .customer = Ditt presentkort räcker inte. Betala resten på ett annat sätt.
gift_card_changed =
    .cashier = Presentkortet har använts någon annanstans under tiden. Hämta ordern igen.
    .customer = Ditt presentkort har just använts. { -moment }

## Agreements and the means of payment behind them.

payment_method_missing =
    .cashier = Kunden har inget aktivt kort eller annat betalningsmedel. Fråga efter ett.
    .customer = Hur vill du betala?
payment_method_cancelled =
    .cashier = Kundens betalningsmedel är avslutat. Be om ett nytt.
    .customer = Ditt kort eller autogiro är inte längre aktivt. Hur vill du betala?
payment_method_expired =
    .cashier = Kundens kort har gått ut eller måste bekräftas igen.
    .customer = Ditt kort har gått ut eller måste bekräftas igen.
payment_method_failed =
    .cashier = Kundens betalningsmedel fungerar inte. Be om ett annat.
    .customer = Ditt kort eller autogiro fungerar inte. { -way }
payment_method_inactive =
    .cashier = Kundens betalningsmedel var inte aktivt. Be om ett annat.
    .customer = Ditt kort eller autogiro var inte aktivt. { -way }
subscription_inactive =
    .cashier = Avtalet är inte aktivt.
    .customer = Ditt avtal är inte aktivt.
subscription_cancelled =
    .cashier = Avtalet är uppsagt.
    .customer = Ditt avtal är uppsagt.
subscription_expired =
    .cashier = Avtalet har löpt ut. Fråga om kunden vill ha ett nytt.
    .customer = Ditt avtal har löpt ut. Vill du ha ett nytt?

## Invoices.

invoice_unknown =
    .cashier = Fakturan är inte känd här. Fråga efter numret igen.
    .customer = Vi hittar inte fakturan. Kontrollera numret.
invoice_incomplete =
    .cashier = Fakturan är ofullständig. Ring supporten.
    .customer = { -staff }
invoice_amount_not_positive =
    .cashier = Det finns inget att betala på fakturan.
    .customer = Det finns inget att betala.
invoice_no_longer_valid =
    .cashier = Fakturan är borttagen eller gäller inte längre. Hämta den igen.
    .customer = Fakturan gäller inte längre.
invoice_not_possible =
    .cashier = Avtalet kan inte faktureras. Använd ett annat betalningssätt.
    .customer = Vi kan inte skicka faktura för det här. { -way }

## The request and the station.

parse_error =
    .cashier = Kassan skickade något som inte kan läsas.
    .customer = { -moment }
invalid_request =
    .cashier = Kassan skickade något som inte är en begäran.
    .customer = { -moment }
method_not_found =
    .cashier = Kassan bad om något som inte finns här.
    .customer = { -moment }
invalid_params =
    .cashier = Kassan skickade något som inte stämmer.
    .customer = { -moment }
language_unknown =
    .cashier = Det här språket finns inte här.
    .customer = { -moment }
idempotency_key_reused =
    .cashier = Kassan har redan använt betalningens namn till något annat.
    .customer = { -moment }
amount_out_of_range =
    .cashier = Beloppet är för litet eller för stort.
    .customer = { -moment }
currency_mismatch =
    .cashier = Valutan måste vara { $currency } här.
    .customer = { -moment }
unauthorized =
    .cashier = Stationen känner inte till den här kassan. Para ihop den.
    .customer = { -moment }
forbidden =
    .cashier = Det här kräver en chef eller en tekniker.
    .customer = { -staff }
too_many_connections =
    .cashier = För många kassor är anslutna. Försök igen om en stund.
    .customer = { -moment }
station_stopping =
    .cashier = Stationen startar om. Försök igen om en stund.
    .customer = { -moment }
app_unknown =
    .cashier = Ingen kassa med det här namnet är ihopparad.
    .customer = { -moment }
app_name_taken =
    .cashier = En kassa med det här namnet är redan ihopparad.
    .customer = { -moment }
not_found =
    .cashier = Det här är inte känt här.
    .customer = { -moment }
journal_unavailable =
    .cashier = Stationen kan inte registrera betalningar nu och tar därför inga. Ring supporten.
    .customer = Vi kan inte ta betalt just nu. Vi hjälper dig.
internal_error =
    .cashier = Stationen har ett fel. Kontrollera betalningen innan du tar betalt igen och ring supporten.
    .customer = { -staff }
other =
    .cashier = Betalningen gick inte igenom. Ring supporten.
    .customer = Betalningen gick inte igenom. Vi hjälper dig.
