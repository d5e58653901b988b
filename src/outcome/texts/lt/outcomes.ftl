### Lithuanian: a sentence for the cashier and one for the customer, for every outcome.
### Cashier: what is the matter, then what to do. Customer: no internals, no numbers.

## Said to customers again and again

-moment = Prašome palaukti.
-card = Prašome naudoti kitą kortelę.
-way = Prašome mokėti kitu būdu.
-again = Nepavyko. Bandykite dar kartą.
-staff = Šiuo metu to padaryti negalime. Mes jums padėsime.

## How an operation ended, when there is no more to say.

approved =
    .cashier = Patvirtinta.
    .customer = Ačiū. Viskas pavyko.
done =
    .cashier = Atlikta.
    .customer = Ačiū. Atlikta.
declined =
    .cashier = Atmesta. Paprašykite kitos kortelės.
    .customer = Mokėjimas nepatvirtintas. { -card }
cancelled =
    .cashier = Mokėjimas nutrauktas.
    .customer = Mokėjimas nutrauktas. Pinigai nenuskaityti.
failed =
    .cashier = Neįvykdyta. Bandykite dar kartą.
    .customer = { -again }
in_doubt =
    .cashier = Dar neaišku, ar mokėjimas įvyko. Neimkite jo dar kartą; stotelė aiškinasi.
    .customer = Tikriname jūsų mokėjimą. Palaukite ir nemokėkite dar kartą.
not_in_doubt =
    .cashier = Čia nebėra nieko neaiškaus. Gaukite rezultatą.
    .customer = { -moment }
evidence_changed =
    .cashier = Atsirado naujų duomenų. Peržiūrėkite juos prieš nuspręsdami.
    .customer = { -moment }

## The card and its issuer.

card_declined =
    .cashier = Kortelė atmesta. Paprašykite kitos kortelės.
    .customer = Jūsų kortelė atmesta. { -card }
insufficient_funds =
    .cashier = Kortelėje nepakanka pinigų. Paprašykite kitos kortelės.
    .customer = Jūsų kortelė atmesta. { -card }
expired_card =
    .cashier = Kortelės galiojimas baigėsi. Paprašykite kitos kortelės.
    .customer = Jūsų kortelės galiojimas baigėsi. { -card }
card_not_readable =
    .cashier = Kortelės nepavyksta nuskaityti. Paprašykite kitos kortelės.
    .customer = Jūsų kortelės nepavyko nuskaityti. { -card }
card_not_accepted =
    .cashier = Šios rūšies kortelės čia nepriimamos.
    .customer = Šios rūšies kortelių nepriimame. { -card }
card_blocked =
    .cashier = Kortelė užblokuota. Paprašykite kitos kortelės.
    .customer = Jūsų kortelė atmesta. { -card }
wrong_pin =
    .cashier = Neteisingas PIN. Tegul pirkėjas bando dar kartą.
    .customer = Neteisingas PIN. Bandykite dar kartą.
pin_tries_exceeded =
    .cashier = PIN per daug kartų įvestas neteisingai. Paprašykite kitos kortelės.
    .customer = PIN per daug kartų įvestas neteisingai. { -card }
amount_not_allowed =
    .cashier = Kortelė neleidžia šios sumos. Paprašykite kitos kortelės.
    .customer = Jūsų kortelė neleidžia šios sumos. { -card }
authentication_needed =
    .cashier = Pirkėjas turi patvirtinti mokėjimą savo banke.
    .customer = Patvirtinkite mokėjimą savo banko programėlėje.
fraud_suspected =
    .cashier = Mokėjimas sustabdytas kaip įtartinas. Daugiau nebandykite; skambinkite pagalbai.
    .customer = Šio mokėjimo priimti negalime. Mes jums padėsime.
rejected_by_customer =
    .cashier = Pirkėjas atmetė mokėjimą. Paklauskite, kaip norėtų mokėti.
    .customer = Jūs atmetėte mokėjimą. Kaip norėtumėte mokėti?
card_type_unknown =
    .cashier = Užsakymo kortelės rūšis čia nežinoma. Priimkite naują mokėjimą.
    .customer = Jūsų užsakymo kortelė čia netinka. { -way }
card_not_tokenizable =
    .cashier = Ši kortelė likusios sumos neužtikrina; joje nieko nerezervuota. Paprašykite kitos.
    .customer = Ši kortelė netinka likusiai sumai užtikrinti. { -card }
card_token_not_readable =
    .cashier = Išsaugotos kortelės dabar gauti nepavyksta. Netrukus bandykite dar kartą.
    .customer = { -again }

## The terminal.

currency_not_accepted =
    .cashier = Ši valiuta čia nepriimama. Skambinkite pagalbai.
    .customer = Šios valiutos čia nepriimame.
host_unreachable =
    .cashier = Terminalas nepasiekia banko. Bandykite dar kartą.
    .customer = Nėra ryšio su banku. Bandykite dar kartą.
reservation_unknown =
    .cashier = Terminalas nežino šios rezervacijos. Skambinkite pagalbai.
    .customer = { -staff }
already_reversed =
    .cashier = Šis mokėjimas jau atšauktas.
    .customer = Šis mokėjimas jau atšauktas.
reversal_not_possible =
    .cashier = Terminalas nebegali atšaukti šio mokėjimo. Grąžinkite pinigus į kortelę.
    .customer = Pinigai bus grąžinti į jūsų kortelę.
terminal_busy =
    .cashier = Terminalas užimtas. Bandykite dar kartą.
    .customer = { -moment }
terminal_locked =
    .cashier = Terminalas užimtas kitu mokėjimu. Bandykite, kai jis baigsis.
    .customer = { -moment }
terminal_in_doubt =
    .cashier = Šio terminalo mokėjimas dar neišaiškintas. Palaukite arba paprašykite vadovo jį išaiškinti.
    .customer = { -moment }
totals_differ =
    .cashier = Terminalo sumos nesutampa su stotelės sumomis. Peržiūrėkite skirtumus ir kreipkitės į pagalbą.
    .customer = { -staff }
terminal_leased =
    .cashier = Terminalą naudoja kita kasa. Palaukite arba naudokite kitą.
    .customer = { -moment }
no_terminal_free =
    .cashier = Nėra laisvo terminalo. Pabandykite po akimirkos.
    .customer = { -moment }
terminal_not_ready =
    .cashier = Terminalas neparengtas. Pažiūrėkite į jo ekraną ir skambinkite pagalbai.
    .customer = { -staff }
terminal_unreachable =
    .cashier = Terminalas neatsako. Patikrinkite laidą ir bandykite dar kartą.
    .customer = { -moment }
terminal_unknown =
    .cashier = Terminalo { $terminal } čia nėra.
    .customer = { -moment }
not_carried_out =
    .cashier = Terminalas mokėjimo neįvykdė. Bandykite dar kartą.
    .customer = Pinigai nenuskaityti. Bandykite dar kartą.
not_supported =
    .cashier = Čia to padaryti negalima. Skambinkite pagalbai.
    .customer = { -staff }
printer_not_ready =
    .cashier = Spausdintuvas neparengtas. Patikrinkite popierių ir bandykite dar kartą.
    .customer = { -moment }

## The processor and the way to it.

processor_unreachable =
    .cashier = Nėra ryšio su mokėjimų tarnyba. Pinigai nenuskaityti. Bandykite dar kartą.
    .customer = Šiuo metu nėra ryšio. Pinigai nenuskaityti.
processor_answer_unexpected =
    .cashier = Mokėjimų tarnyba atsakė neaiškiai. Neimkite mokėjimo dar kartą; skambinkite pagalbai.
    .customer = Tikriname jūsų mokėjimą. Nemokėkite dar kartą.
payment_data_invalid =
    .cashier = Mokėjimų tarnyba nepriėmė duomenų. Patikrinkite juos su pirkėju.
    .customer = Dalis jūsų duomenų nepriimta. Patikrinkite juos.
signature_wrong =
    .cashier = Mokėjimo nepavyko patikrinti. Neimkite jo dar kartą; skambinkite pagalbai.
    .customer = { -staff }
no_route =
    .cashier = Joks čia esantis terminalas ar prekybininko sutartis to negali. Skambinkite pagalbai.
    .customer = { -staff }
merchant_account_unknown =
    .cashier = Iš šios parduotuvės užsakymo kortelės nuskaityti negalima. Priimkite naują mokėjimą.
    .customer = Jūsų užsakymo kortelė čia netinka. { -way }
tender_type_unknown =
    .cashier = Užsakymo mokėjimo būdas čia nežinomas. Priimkite naują mokėjimą.
    .customer = Jūsų užsakymo mokėjimas čia netinka. { -way }
tender_type_not_supported =
    .cashier = Šis mokėjimo būdas čia neįjungtas. Rinkitės kitą.
    .customer = Šio mokėjimo būdo čia nepriimame. { -way }
exceeds_floor_limit =
    .cashier = Be ryšio ši suma per didelė. Rinkitės kitą mokėjimo būdą arba bandykite vėliau.
    .customer = Šiuo metu nėra ryšio. { -way }
awaiting_retry =
    .cashier = Priimta. Pinigai bus nuskaityti atsiradus ryšiui. Neimkite mokėjimo dar kartą.
    .customer = Ačiū. Mokėjimas priimtas.
session_expired =
    .cashier = Pirkėjas nepatvirtino laiku. Paklauskite, ar pradėti iš naujo.
    .customer = Patvirtinimo laikas baigėsi. Ar bandome dar kartą?

## Payments.

payment_unknown =
    .cashier = Šis mokėjimas čia nežinomas.
    .customer = Šio mokėjimo nerandame.
payment_busy =
    .cashier = Su šiuo mokėjimu jau dirbama. Palaukite, tada jį patikrinkite.
    .customer = { -moment }
payment_not_ready =
    .cashier = Šis mokėjimas dar neturi atsakymo. Palaukite, tada jį patikrinkite.
    .customer = { -moment }
payment_on_hold =
    .cashier = Šis mokėjimas vis dar tikrinamas. Pažiūrėkite vėliau.
    .customer = Jūsų mokėjimas tikrinamas. Nemokėkite dar kartą.
on_hold =
    .cashier = Mokėjimas tikrinamas. Neimkite jo dar kartą.
    .customer = Jūsų mokėjimas tikrinamas. Nemokėkite dar kartą.
payment_ended =
    .cashier = Šis mokėjimas atmestas arba nepavyko. Paprašykite kitos kortelės.
    .customer = Mokėjimas nepatvirtintas. { -card }
payment_already_voided =
    .cashier = Šis mokėjimas jau anuliuotas.
    .customer = Šis mokėjimas jau anuliuotas.
payment_authorized =
    .cashier = Pinigai kortelėje rezervuoti. Dar nieko nenuskaityta.
    .customer = Suma rezervuota jūsų kortelėje.
payment_partially_captured =
    .cashier = Dalis pinigų nuskaityta. Likusi dalis vis dar rezervuota.
    .customer = Dalis sumos sumokėta, likusi dalis rezervuota.
payment_captured =
    .cashier = Visi pinigai nuskaityti.
    .customer = Suma sumokėta.
payment_partially_refunded =
    .cashier = Dalis pinigų grąžinta.
    .customer = Dalis sumos grąžinta.
payment_refunded =
    .cashier = Visi pinigai grąžinti.
    .customer = Suma grąžinta.
void_instead =
    .cashier = Dar nieko nenuskaityta: verčiau anuliuokite mokėjimą.
    .customer = Pinigai nenuskaityti. Rezervaciją panaikinsime.
capture_less =
    .cashier = Dar nieko nenuskaityta: verčiau nuskaitykite mažiau.
    .customer = Dar nieko nenuskaityta. Sumą pakeisime.
refund_instead =
    .cashier = Pinigai jau nuskaityti: verčiau juos grąžinkite.
    .customer = Pinigai bus grąžinti į jūsų kortelę.
exceeds_open_amount =
    .cashier =
        { $amount ->
            [none] Tai daugiau, nei dar galima nuskaityti.
           *[other] Galima nuskaityti tik { $amount }.
        }
    .customer =
        { $amount ->
            [none] Tai daugiau, nei rezervuota.
           *[other] Dar rezervuota tik { $amount }.
        }
only_whole_capture =
    .cashier = Galima paimti tik visą rezervuotą sumą, o ne jos dalį. Priimkite naują mokėjimą.
    .customer = Dalies rezervuotos sumos paimti negalima. Prašome sumokėti kitu būdu.
exceeds_captured_amount =
    .cashier =
        { $amount ->
            [none] Tai daugiau, nei galima grąžinti.
           *[other] Galima grąžinti tik { $amount }.
        }
    .customer =
        { $amount ->
            [none] Tai daugiau, nei galima grąžinti.
           *[other] Galima grąžinti daugiausia { $amount }.
        }
authorization_expired =
    .cashier = Pinigai nebėra rezervuoti. Priimkite naują mokėjimą.
    .customer = Rezervacija jūsų kortelėje baigėsi. Prašome sumokėti iš naujo.
authorization_not_renewed =
    .cashier = Pinigai nebėra rezervuoti, o iš kortelės jų paimti nepavyko. Sumą priimkite kortele terminale.
    .customer = Rezervacija jūsų kortelėje baigėsi ir jos pratęsti nepavyko. Prašome sumokėti kortele čia.
authorization_unknown =
    .cashier = Mokėjimų tarnyba šio mokėjimo nežino. Skambinkite pagalbai.
    .customer = { -staff }
authorized_amount_changed =
    .cashier = Užsakymo suma nebe ta, kurią patvirtino pirkėjas. Įkelkite užsakymą iš naujo.
    .customer = Kaina pasikeitė. { -moment }
capture_failed =
    .cashier = Pinigų iš kortelės nuskaityti nepavyko. Priimkite naują mokėjimą.
    .customer = Iš jūsų kortelės nuskaityti nepavyko. { -way }
void_failed =
    .cashier = Mokėjimo anuliuoti nepavyko. Patikrinkite jį ir bandykite dar kartą.
    .customer = { -moment }

## Deposits.

remainder_declined =
    .cashier = Užstatas sumokėtas, bet likusios sumos šia kortele užtikrinti nepavyko. Paprašykite kitos.
    .customer = Užstatas sumokėtas. Likusiai sumai naudokite kitą kortelę.
rest_not_secured =
    .cashier = Sumokėta. Likusios užsakymo sumos iš naujo rezervuoti nepavyko; bus bandoma kito atsiėmimo metu.
    .customer = Ačiū. Jūsų mokėjimas atliktas.
second_card_needed =
    .cashier = Užstatas sumokėtas. Ši kortelė likusios sumos neužtikrina; paprašykite kitos.
    .customer = Užstatas sumokėtas. Likusiai sumai naudokite kitą kortelę.
deposit_not_captured =
    .cashier = Užstato nuskaityti nepavyko; rezervacija kortelėje panaikinta. Bandykite dar kartą.
    .customer = Užstatas nenuskaitytas. Bandykite dar kartą.
deposit_missing =
    .cashier = Už šį užsakymą dar nieko nesumokėta. Pirmiausia priimkite užstatą.
    .customer = Pirmiausia prašome sumokėti užstatą.
nothing_to_secure =
    .cashier = Visas užsakymas apmokėtas arba užtikrintas.
    .customer = Visas jūsų užsakymas užtikrintas.
nothing_to_write_off =
    .cashier = Šiam mokėjimui nieko netrūksta. Nėra ko nurašyti.
    .customer = Nieko netrūksta.
taken_back =
    .cashier = Šio mokėjimo niekas nebelaukė. Pinigai buvo nuskaityti ir grąžinti.
    .customer = Pinigai jums grąžinti.
not_taken_back =
    .cashier = Šio mokėjimo niekas nebelaukė. Pinigai nuskaityti, bet grąžinti nepavyko: grąžinkite juos.
    .customer = Šie pinigai jums dar bus grąžinti.
refund_due =
    .cashier = Eilutės atšauktos, bet ne visus pinigus pavyko grąžinti. Grąžinkite likusią sumą.
    .customer = Dalis jūsų pinigų dar bus grąžinta.

## Orders.

order_unknown =
    .cashier = Šis užsakymas čia nežinomas.
    .customer = Šio užsakymo nerandame.
order_changed =
    .cashier = Užsakymas tuo tarpu pasikeitė. Įkelkite jį iš naujo.
    .customer = Jūsų užsakymas ką tik pasikeitė. { -moment }
order_busy =
    .cashier = Su šiuo užsakymu jau dirbama. Palaukite, tada įkelkite jį iš naujo.
    .customer = { -moment }
order_no_longer_valid =
    .cashier = Užsakymas ištrintas arba nebegalioja. Įkelkite jį iš naujo.
    .customer = Jūsų užsakymas pasikeitė. { -moment }
order_invalid =
    .cashier = Užsakymas prieštarauja pats sau ir yra netinkamas.
    .customer = { -moment }
line_unknown =
    .cashier = Užsakyme nėra eilutės { $line }.
    .customer = { -moment }
line_not_open =
    .cashier = Eilutė { $line } jau atiduota, atšaukta arba nurodyta du kartus. Įkelkite užsakymą iš naujo.
    .customer = Ši prekė jau atiduota arba atšaukta.
line_not_shipped =
    .cashier = Eilutė { $line } nėra siunčiama.
    .customer = { -moment }
tap_unknown =
    .cashier = Tai neseniai nebuvo priglausta prie skaitytuvo. Paprašykite dar kartą.
    .customer = Priglauskite dar kartą prie skaitytuvo.
tap_not_bindable =
    .cashier = To negalima susieti su pirkėju. Paprašykite vienos kortelės ar žymos, ne užrakinto telefono.
    .customer = Priglauskite tik vieną kortelę prie skaitytuvo.
balance_due =
    .cashier = Užsakymo kortelės visos sumos nepadengia. Priimkite likusią sumą.
    .customer = Užsakymas apmokėtas ne visas. Prašome sumokėti likusią sumą.
tender_line_missing =
    .cashier = Užsakymas dar neapmokėtas. Priimkite mokėjimą.
    .customer = Užsakymas dar neapmokėtas. Prašome sumokėti.
order_already_paid =
    .cashier = Šis užsakymas jau apmokėtas.
    .customer = Jūsų užsakymas jau apmokėtas.
order_amount_not_positive =
    .cashier = Už šį užsakymą mokėti nereikia.
    .customer = Mokėti nereikia.
order_without_store =
    .cashier = Užsakyme nenurodyta parduotuvė.
    .customer = { -moment }
order_without_customer =
    .cashier = Užsakyme nenurodytas pirkėjas. Paklauskite, kam jis skirtas.
    .customer = Kam skirtas užsakymas?
order_not_payable =
    .cashier = Užsakyme yra prekių, už kurias taip mokėti negalima. Rinkitės kitą mokėjimo būdą.
    .customer = Už kai kurias prekes taip mokėti negalima. { -way }
organisation_missing =
    .cashier = Nenurodyta organizacija, kuri moka už pirkėją. Paklauskite, kas moka.
    .customer = Kuri organizacija moka?
participants_missing =
    .cashier = Trūksta dalyvių sąrašo. Paklauskite vardų.
    .customer = Prašome nurodyti dalyvių vardus.

## What must be known about the customer.

identity_number_missing =
    .cashier = Trūksta pirkėjo asmens numerio. Paklauskite jo.
    .customer = Prašome nurodyti savo asmens numerį.
contact_missing =
    .cashier = Trūksta pirkėjo el. pašto arba pašto adreso. Paklauskite jo.
    .customer = Prašome nurodyti savo el. pašto arba pašto adresą.
email_missing =
    .cashier = Trūksta galiojančio pirkėjo el. pašto adreso. Paklauskite jo.
    .customer = Prašome nurodyti savo el. pašto adresą.
postal_address_missing =
    .cashier = Trūksta pirkėjo pašto adreso. Paklauskite jo.
    .customer = Prašome nurodyti savo pašto adresą.
phone_number_invalid =
    .cashier = Telefono numeris neteisingas. Paklauskite jo dar kartą.
    .customer = Prašome patikrinti savo telefono numerį.

## Payment on the customer's account.

customer_account_already_used =
    .cashier = Pirkėjo sąskaitą galima naudoti kartą per pirkimą. Likusiai sumai rinkitės kitą būdą.
    .customer = Jūsų sąskaitą galima naudoti tik kartą. { -way }
customer_account_wrong_sign =
    .cashier = Pirkėjo sąskaita šiai sumai netinka. Rinkitės kitą mokėjimo būdą.
    .customer = Jūsų sąskaita čia netinka. { -way }
customer_account_exceeds_due =
    .cashier = Tai daugiau, nei dabar reikia mokėti. Įveskite mažesnę sumą pirkėjo sąskaitai.
    .customer = Tai daugiau, nei dabar turite mokėti.
customer_account_not_own =
    .cashier = Tai nei paties pirkėjo, nei sąskaitos faktūros sąskaita. Pasirinkite tinkamą.
    .customer = Prašome naudoti savo sąskaitą.
customer_account_not_allowed =
    .cashier = Šis pirkėjas negali pirkti į skolą. Rinkitės kitą mokėjimo būdą.
    .customer = Čia negalite pirkti į skolą. { -way }
customer_account_credit_insufficient =
    .cashier = Pirkėjo sąskaitoje nepakanka kredito. Rinkitės kitą mokėjimo būdą.
    .customer = Jūsų sąskaitoje nepakanka kredito. { -way }
customer_account_too_young =
    .cashier = Pirkėjas per jaunas pirkti į skolą. Rinkitės kitą mokėjimo būdą.
    .customer = Dar negalite pirkti į skolą. { -way }
customer_account_without_mandate =
    .cashier = Pirkėjo sąskaita neturi tiesioginio debeto sutikimo. Rinkitės kitą mokėjimo būdą.
    .customer = Jūsų sąskaita neturi tiesioginio debeto. { -way }
customer_account_without_subscription =
    .cashier = Pirkėjas neturi tiesioginio debeto sutarties. Rinkitės kitą mokėjimo būdą.
    .customer = Neturite tiesioginio debeto sutarties. { -way }
customer_account_invoice_unpaid =
    .cashier = Pirkėjas turi neapmokėtą sąskaitą. Paklauskite, ar apmokės ją pirma.
    .customer = Turite neapmokėtą sąskaitą. Ar norite ją apmokėti dabar?

## Loyalty and gift cards.

loyalty_points_insufficient =
    .cashier = Lojalumo kortelėje nepakanka taškų. Rinkitės kitą mokėjimo būdą.
    .customer = Jums nepakanka taškų. { -way }
loyalty_refund_exceeds_limit =
    .cashier = Tai daugiau, nei galima grąžinti į lojalumo kortelę. Grąžinkite kitu būdu.
    .customer = Tiek grąžinti į jūsų lojalumo kortelę negalime.
loyalty_card_unknown =
    .cashier = Lojalumo kortelė nežinoma. Patikrinkite numerį.
    .customer = Jūsų lojalumo kortelės nerandame. Patikrinkite numerį.
loyalty_card_blocked =
    .cashier = Lojalumo kortelė užblokuota. Rinkitės kitą mokėjimo būdą.
    .customer = Jūsų lojalumo kortelė netinka. { -way }
loyalty_card_not_accepted =
    .cashier = Šia lojalumo kortele čia mokėti negalima. Rinkitės kitą mokėjimo būdą.
    .customer = Šia lojalumo kortele čia mokėti negalite. { -way }
loyalty_already_used =
    .cashier = Taškus galima naudoti kartą per pirkimą. Likusiai sumai rinkitės kitą būdą.
    .customer = Taškus galima naudoti tik kartą. { -way }
gift_card_currency_mismatch =
    .cashier = Dovanų kortelės valiuta kita. Rinkitės kitą mokėjimo būdą.
    .customer = Jūsų dovanų kortelės valiuta kita. { -way }
gift_card_balance_insufficient =
    .cashier = Dovanų kortelėje nepakanka pinigų. Likusią sumą priimkite kitu būdu.
    .customer = Jūsų dovanų kortelėje nepakanka pinigų. Prašome sumokėti likusią sumą.
gift_card_changed =
    .cashier = Dovanų kortelė tuo tarpu panaudota kitur. Įkelkite užsakymą iš naujo.
    .customer = Jūsų dovanų kortelė ką tik panaudota. { -moment }

## Agreements and the means of payment behind them.

payment_method_missing =
    .cashier = Pirkėjas neturi galiojančios kortelės ar kitos mokėjimo priemonės. Paprašykite jos.
    .customer = Kaip norėtumėte mokėti?
payment_method_cancelled =
    .cashier = Pirkėjo mokėjimo priemonė atšaukta. Paprašykite naujos.
    .customer = Jūsų kortelė arba tiesioginis debetas nebegalioja. Kaip norėtumėte mokėti?
payment_method_expired =
    .cashier = Pirkėjo kortelės galiojimas baigėsi arba ją reikia patvirtinti iš naujo.
    .customer = Jūsų kortelės galiojimas baigėsi arba ją reikia patvirtinti iš naujo.
payment_method_failed =
    .cashier = Pirkėjo mokėjimo priemonė neveikia. Paprašykite kitos.
    .customer = Jūsų kortelė arba tiesioginis debetas neveikia. { -way }
payment_method_inactive =
    .cashier = Pirkėjo mokėjimo priemonė negaliojo. Paprašykite kitos.
    .customer = Jūsų kortelė arba tiesioginis debetas negaliojo. { -way }
subscription_inactive =
    .cashier = Sutartis negalioja.
    .customer = Jūsų sutartis negalioja.
subscription_cancelled =
    .cashier = Sutartis nutraukta.
    .customer = Jūsų sutartis nutraukta.
subscription_expired =
    .cashier = Sutartis baigėsi. Paklauskite, ar pirkėjas nori naujos.
    .customer = Jūsų sutartis baigėsi. Ar norėtumėte naujos?

## Invoices.

invoice_unknown =
    .cashier = Sąskaita faktūra čia nežinoma. Dar kartą paklauskite numerio.
    .customer = Šios sąskaitos nerandame. Patikrinkite numerį.
invoice_incomplete =
    .cashier = Sąskaita faktūra neišsami. Skambinkite pagalbai.
    .customer = { -staff }
invoice_amount_not_positive =
    .cashier = Pagal šią sąskaitą faktūrą mokėti nereikia.
    .customer = Mokėti nereikia.
invoice_no_longer_valid =
    .cashier = Sąskaita faktūra ištrinta arba nebegalioja. Įkelkite ją iš naujo.
    .customer = Ši sąskaita nebegalioja.
invoice_not_possible =
    .cashier = Pagal šią sutartį sąskaitos išrašyti negalima. Rinkitės kitą mokėjimo būdą.
    .customer = Sąskaitos už tai išsiųsti negalime. { -way }

## The request and the station.

parse_error =
    .cashier = Kasa atsiuntė tai, ko perskaityti neįmanoma.
    .customer = { -moment }
invalid_request =
    .cashier = Kasa atsiuntė tai, kas nėra užklausa.
    .customer = { -moment }
method_not_found =
    .cashier = Kasa paprašė to, ko čia nėra.
    .customer = { -moment }
invalid_params =
    .cashier = Kasa atsiuntė neteisingus duomenis.
    .customer = { -moment }
language_unknown =
    .cashier = Šios kalbos čia nėra.
    .customer = { -moment }
idempotency_key_reused =
    .cashier = Šio mokėjimo vardą kasa jau panaudojo kam kitam.
    .customer = { -moment }
amount_out_of_range =
    .cashier = Suma per maža arba per didelė.
    .customer = { -moment }
currency_mismatch =
    .cashier = Valiuta čia turi būti { $currency }.
    .customer = { -moment }
unauthorized =
    .cashier = Stotis šios kasos nepažįsta. Susiekite ją.
    .customer = { -moment }
forbidden =
    .cashier = Tam reikia vadovo arba techniko.
    .customer = { -staff }
too_many_connections =
    .cashier = Prijungta per daug kasų. Pabandykite po akimirkos.
    .customer = { -moment }
station_stopping =
    .cashier = Stotelė paleidžiama iš naujo. Pabandykite po akimirkos.
    .customer = { -moment }
app_unknown =
    .cashier = Kasa tokiu pavadinimu nesusieta.
    .customer = { -moment }
app_name_taken =
    .cashier = Kasa tokiu pavadinimu jau susieta.
    .customer = { -moment }
not_found =
    .cashier = Tai čia nežinoma.
    .customer = { -moment }
journal_unavailable =
    .cashier = Stotelė dabar negali įrašyti mokėjimų, todėl jų nepriima. Skambinkite pagalbai.
    .customer = Šiuo metu mokėjimų priimti negalime. Mes jums padėsime.
internal_error =
    .cashier = Stotelė sugedo. Prieš imdami dar kartą patikrinkite mokėjimą ir skambinkite pagalbai.
    .customer = { -staff }
other =
    .cashier = Mokėjimas neįvyko. Skambinkite pagalbai.
    .customer = Mokėjimas neįvyko. Mes jums padėsime.
