<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE">
<context>
    <name>ControlBar</name>
    <message>
        <source>Source</source>
        <translation>Quelle</translation>
    </message>
    <message>
        <source>More</source>
        <translation>Mehr</translation>
    </message>
</context>
<context>
    <name>Countdown</name>
    <message>
        <source>Countdown</source>
        <translation>Countdown</translation>
    </message>
</context>
<context>
    <name>FittingPanel</name>
    <message>
        <source>Fit a model</source>
        <translation>Modell anpassen</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>Titel</translation>
    </message>
    <message>
        <source>What it is</source>
        <translation>Was es ist</translation>
    </message>
    <message>
        <source>mm</source>
        <translation>mm</translation>
    </message>
    <message>
        <source>Sideways</source>
        <translation>Seitlich</translation>
    </message>
    <message>
        <source>Height</source>
        <translation>Höhe</translation>
    </message>
    <message>
        <source>Depth</source>
        <translation>Tiefe</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Kippen</translation>
    </message>
    <message>
        <source>Turn</source>
        <translation>Drehen</translation>
    </message>
    <message>
        <source>Roll</source>
        <translation>Rollen</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>Zurücksetzen</translation>
    </message>
    <message>
        <source>Save to the shelf</source>
        <translation>Ins Regal stellen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>%1 sure by its shape</source>
        <translation>%1 sicher, nach der Form</translation>
    </message>
    <message>
        <source>Only %1 sure: %2</source>
        <translation>Nur %1 sicher: %2</translation>
    </message>
    <message>
        <source>please choose</source>
        <translation>bitte wählen</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>Breite</translation>
    </message>
    <message>
        <source>Lens</source>
        <translation>Glas</translation>
    </message>
    <message>
        <source>Bridge</source>
        <translation>Steg</translation>
    </message>
    <message>
        <source>Temple</source>
        <translation>Bügel</translation>
    </message>
    <message>
        <source>Head</source>
        <translation>Kopf</translation>
    </message>
    <message>
        <source>Inner</source>
        <translation>Innen</translation>
    </message>
    <message>
        <source>Case</source>
        <translation>Gehäuse</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>Länge</translation>
    </message>
    <message>
        <source>Lies wrong</source>
        <translation>Liegt falsch</translation>
    </message>
    <message>
        <source>Tip 90°</source>
        <translation>Kipp 90°</translation>
    </message>
    <message>
        <source>Turn 90°</source>
        <translation>Dreh 90°</translation>
    </message>
    <message>
        <source>Roll 90°</source>
        <translation>Roll 90°</translation>
    </message>
</context>
<context>
    <name>Hints</name>
    <message>
        <source>Hold your hand up to the camera</source>
        <translation>Halten Sie eine Hand vor die Kamera</translation>
    </message>
    <message>
        <source>Hair covers the ears, and the earrings with them</source>
        <translation>Haare verdecken die Ohren und mit ihnen die Ohrringe</translation>
    </message>
</context>
<context>
    <name>Intake</name>
    <message>
        <source>Photos, videos and products (*)</source>
        <translation>Fotos, Videos und Produkte (*)</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Drop a GLB model here to fit it</source>
        <translation>Ziehen Sie ein GLB-Modell hierher, um es anzupassen</translation>
    </message>
</context>
<context>
    <name>KeySheet</name>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
</context>
<context>
    <name>LookBadge</name>
    <message>
        <source>Look %1</source>
        <translation>Look %1</translation>
    </message>
</context>
<context>
    <name>MeasuresPanel</name>
    <message>
        <source>Measures</source>
        <translation>Maße</translation>
    </message>
    <message>
        <source>Pupil distance</source>
        <translation>Pupillendistanz</translation>
    </message>
    <message>
        <source>Face width</source>
        <translation>Gesichtsbreite</translation>
    </message>
    <message>
        <source>Wrist, round</source>
        <translation>Handgelenk, Umfang</translation>
    </message>
    <message>
        <source>From the irises, which differ from person to person.</source>
        <translation>Aus der Iris, die von Mensch zu Mensch verschieden groß ist.</translation>
    </message>
    <message>
        <source>From the whole hand; hands differ in length and width.</source>
        <translation>Aus der ganzen Hand; Hände sind verschieden lang und breit.</translation>
    </message>
    <message>
        <source>%1 to %2 mm</source>
        <translation>%1 bis %2 mm</translation>
    </message>
    <message>
        <source>Thumb</source>
        <translation>Daumen</translation>
    </message>
    <message>
        <source>Index finger</source>
        <translation>Zeigefinger</translation>
    </message>
    <message>
        <source>Middle finger</source>
        <translation>Mittelfinger</translation>
    </message>
    <message>
        <source>Ring finger</source>
        <translation>Ringfinger</translation>
    </message>
    <message>
        <source>Little finger</source>
        <translation>Kleiner Finger</translation>
    </message>
    <message>
        <source>%1 to %2 mm across</source>
        <translation>%1 bis %2 mm breit</translation>
    </message>
    <message>
        <source>Hold your hand still.</source>
        <translation>Halten Sie die Hand ruhig.</translation>
    </message>
    <message>
        <source>Look straight at the camera.</source>
        <translation>Schauen Sie gerade in die Kamera.</translation>
    </message>
</context>
<context>
    <name>Mirror</name>
    <message>
        <source>Mirror</source>
        <translation>Spiegel</translation>
    </message>
    <message>
        <source>Without</source>
        <translation>Ohne</translation>
    </message>
    <message>
        <source>With</source>
        <translation>Mit</translation>
    </message>
</context>
<context>
    <name>MoreMenu</name>
    <message>
        <source>Light</source>
        <translation>Licht</translation>
    </message>
    <message>
        <source>As in the room</source>
        <translation>Wie im Raum</translation>
    </message>
    <message>
        <source>Studio</source>
        <translation>Studio</translation>
    </message>
    <message>
        <source>Own colours</source>
        <translation>Eigene Farben</translation>
    </message>
    <message>
        <source>Pupil distance ...</source>
        <translation>Pupillendistanz ...</translation>
    </message>
    <message>
        <source>Pupil distance</source>
        <translation>Pupillendistanz</translation>
    </message>
    <message>
        <source>Far, in mm, as on the prescription:</source>
        <translation>Für die Ferne, in mm, wie auf dem Brillenrezept:</translation>
    </message>
</context>
<context>
    <name>Player</name>
    <message>
        <source>No camera found: this is the bundled sample</source>
        <translation>Keine Kamera gefunden: das ist das mitgelieferte Beispiel</translation>
    </message>
</context>
<context>
    <name>RecordBadge</name>
    <message>
        <source>Recording</source>
        <translation>Aufnahme</translation>
    </message>
</context>
<context>
    <name>Shelf</name>
    <message>
        <source>Products</source>
        <translation>Produkte</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Search products</source>
        <translation>Produkte suchen</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>Favourites</source>
        <translation>Favoriten</translation>
    </message>
</context>
<context>
    <name>ShelfModel</name>
    <message>
        <source>worn</source>
        <translation>getragen</translation>
    </message>
    <message>
        <source>favourite</source>
        <translation>Favorit</translation>
    </message>
</context>
<context>
    <name>Showing</name>
    <message>
        <source>One moment</source>
        <translation>Einen Moment</translation>
    </message>
    <message>
        <source>There is nothing to show</source>
        <translation>Es gibt nichts zu zeigen</translation>
    </message>
    <message>
        <source>The camera is away</source>
        <translation>Die Kamera ist weg</translation>
    </message>
    <message>
        <source>Plug it in again; the picture comes back by itself.</source>
        <translation>Stecken Sie sie wieder ein; das Bild kommt von selbst zurück.</translation>
    </message>
</context>
<context>
    <name>Shutter</name>
    <message>
        <source>Put something on first</source>
        <translation>Ziehen Sie zuerst etwas an</translation>
    </message>
    <message>
        <source>Comparing %1 products ...</source>
        <translation>%1 Produkte werden verglichen ...</translation>
    </message>
    <message>
        <source>There is nothing like it to compare it with</source>
        <translation>Es gibt nichts Ähnliches zum Vergleichen</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>Im Ordner zeigen</translation>
    </message>
    <message>
        <source>%1 is on the shelf</source>
        <translation>%1 steht im Regal</translation>
    </message>
    <message>
        <source>A photo does not move: take a picture instead</source>
        <translation>Ein Foto bewegt sich nicht: nehmen Sie lieber ein Bild auf</translation>
    </message>
    <message>
        <source>Saved %1</source>
        <translation>%1 gespeichert</translation>
    </message>
</context>
<context>
    <name>Stage</name>
    <message>
        <source>Step in front of the mirror</source>
        <translation>Treten Sie vor den Spiegel</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>Nothing leaves this computer</source>
        <translation>Nichts verlässt diesen Computer</translation>
    </message>
    <message>
        <source>%1 fps</source>
        <translation>%1 Bilder/s</translation>
    </message>
    <message>
        <source>, %1 ms behind</source>
        <translation>, %1 ms später</translation>
    </message>
    <message>
        <source>drawn without a graphics card</source>
        <translation>ohne Grafikkarte gezeichnet</translation>
    </message>
    <message>
        <source>full quality</source>
        <translation>volle Qualität</translation>
    </message>
    <message>
        <source>softer picture</source>
        <translation>weicheres Bild</translation>
    </message>
    <message>
        <source>half resolution</source>
        <translation>halbe Auflösung</translation>
    </message>
</context>
<context>
    <name>Transport</name>
    <message>
        <source>Position</source>
        <translation>Stelle</translation>
    </message>
</context>
<context>
    <name>Welcome</name>
    <message>
        <source>Welcome</source>
        <translation>Willkommen</translation>
    </message>
    <message>
        <source>See it on you</source>
        <translation>Sehen Sie es an sich</translation>
    </message>
    <message>
        <source>Your camera becomes a mirror: glasses, hats and jewellery appear on you at their real size, in the light of your room.</source>
        <translation>Ihre Kamera wird zum Spiegel: Brillen, Hüte und Schmuck erscheinen an Ihnen in wahrer Größe und im Licht Ihres Raums.</translation>
    </message>
    <message>
        <source>Use the camera</source>
        <translation>Kamera verwenden</translation>
    </message>
    <message>
        <source>Look at the sample first</source>
        <translation>Zuerst das Beispiel ansehen</translation>
    </message>
    <message>
        <source>Nothing leaves this computer, and nothing is kept unless you save it.</source>
        <translation>Nichts verlässt diesen Computer, und nichts bleibt, was Sie nicht speichern.</translation>
    </message>
</context>
<context>
    <name>actions</name>
    <message>
        <source>Previous product</source>
        <translation>Voriges Produkt</translation>
    </message>
    <message>
        <source>Next product</source>
        <translation>Nächstes Produkt</translation>
    </message>
    <message>
        <source>Next colour</source>
        <translation>Nächste Farbe</translation>
    </message>
    <message>
        <source>Take everything off</source>
        <translation>Alles ablegen</translation>
    </message>
    <message>
        <source>Other look, A or B</source>
        <translation>Anderer Look, A oder B</translation>
    </message>
    <message>
        <source>Add to or take from favourites</source>
        <translation>Favorit setzen oder entfernen</translation>
    </message>
    <message>
        <source>Search products</source>
        <translation>Produkte suchen</translation>
    </message>
    <message>
        <source>Fit a model of your own</source>
        <translation>Eigenes Modell anpassen</translation>
    </message>
    <message>
        <source>Take a picture</source>
        <translation>Bild aufnehmen</translation>
    </message>
    <message>
        <source>Take a picture in 3 seconds</source>
        <translation>Bild in 3 Sekunden aufnehmen</translation>
    </message>
    <message>
        <source>Make a card to share</source>
        <translation>Karte zum Teilen erstellen</translation>
    </message>
    <message>
        <source>Compare four on one sheet</source>
        <translation>Vier auf einem Blatt vergleichen</translation>
    </message>
    <message>
        <source>Record a video</source>
        <translation>Video aufnehmen</translation>
    </message>
    <message>
        <source>Compare before and after</source>
        <translation>Vorher und nachher vergleichen</translation>
    </message>
    <message>
        <source>Move the line left</source>
        <translation>Linie nach links</translation>
    </message>
    <message>
        <source>Move the line right</source>
        <translation>Linie nach rechts</translation>
    </message>
    <message>
        <source>Measures and fit</source>
        <translation>Maße und Passform</translation>
    </message>
    <message>
        <source>Mirror the picture</source>
        <translation>Bild spiegeln</translation>
    </message>
    <message>
        <source>Play or pause</source>
        <translation>Abspielen oder anhalten</translation>
    </message>
    <message>
        <source>5 seconds back</source>
        <translation>5 Sekunden zurück</translation>
    </message>
    <message>
        <source>5 seconds on</source>
        <translation>5 Sekunden weiter</translation>
    </message>
    <message>
        <source>Play again and again</source>
        <translation>Immer wieder abspielen</translation>
    </message>
    <message>
        <source>Choose what is shown</source>
        <translation>Quelle wählen</translation>
    </message>
    <message>
        <source>Open a file</source>
        <translation>Datei öffnen</translation>
    </message>
    <message>
        <source>Choose the folder for pictures</source>
        <translation>Ordner für Bilder wählen</translation>
    </message>
    <message>
        <source>More</source>
        <translation>Mehr</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>Vollbild</translation>
    </message>
    <message>
        <source>Show the keys</source>
        <translation>Tasten zeigen</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Show without products while held</source>
        <translation>Ohne Produkte zeigen, solange gedrückt</translation>
    </message>
    <message>
        <source>Close, leave full screen</source>
        <translation>Schließen, Vollbild verlassen</translation>
    </message>
</context>
<context>
    <name>fit</name>
    <message>
        <source>probably %1</source>
        <translation>%1 (wahrscheinlich)</translation>
    </message>
    <message>
        <source>perhaps %1</source>
        <translation>%1 (vielleicht)</translation>
    </message>
    <message>
        <source>%1, ±%2 mm</source>
        <translation>%1, ±%2 mm</translation>
    </message>
    <message>
        <source>%1 mm narrower than your face</source>
        <translation>%1 mm schmaler als Ihr Gesicht</translation>
    </message>
    <message>
        <source>as wide as your face</source>
        <translation>so breit wie Ihr Gesicht</translation>
    </message>
    <message>
        <source>%1 mm wider than your face</source>
        <translation>%1 mm breiter als Ihr Gesicht</translation>
    </message>
    <message>
        <source>%1 mm narrower than your nose</source>
        <translation>%1 mm schmaler als Ihre Nase</translation>
    </message>
    <message>
        <source>as wide as your nose</source>
        <translation>so breit wie Ihre Nase</translation>
    </message>
    <message>
        <source>%1 mm wider than your nose</source>
        <translation>%1 mm breiter als Ihre Nase</translation>
    </message>
    <message>
        <source>%1 mm shorter than the way round your ears</source>
        <translation>%1 mm kürzer als der Weg um Ihre Ohren</translation>
    </message>
    <message>
        <source>as long as the way round your ears</source>
        <translation>so lang wie der Weg um Ihre Ohren</translation>
    </message>
    <message>
        <source>%1 mm longer than the way round your ears</source>
        <translation>%1 mm länger als der Weg um Ihre Ohren</translation>
    </message>
    <message>
        <source>%1 mm closer together than your pupils</source>
        <translation>%1 mm näher beieinander als Ihre Pupillen</translation>
    </message>
    <message>
        <source>as far apart as your pupils</source>
        <translation>so weit auseinander wie Ihre Pupillen</translation>
    </message>
    <message>
        <source>%1 mm wider apart than your pupils</source>
        <translation>%1 mm weiter auseinander als Ihre Pupillen</translation>
    </message>
    <message>
        <source>too narrow: the temples press</source>
        <translation>zu schmal: die Bügel drücken</translation>
    </message>
    <message>
        <source>snug fit</source>
        <translation>enger Sitz</translation>
    </message>
    <message>
        <source>regular fit</source>
        <translation>guter Sitz</translation>
    </message>
    <message>
        <source>relaxed fit</source>
        <translation>lockerer Sitz</translation>
    </message>
    <message>
        <source>oversized look</source>
        <translation>betont groß</translation>
    </message>
    <message>
        <source>too wide: it slides</source>
        <translation>zu breit: sie rutscht</translation>
    </message>
    <message>
        <source>too narrow for your nose: it sits high and pinches</source>
        <translation>zu schmal für Ihre Nase: sie sitzt hoch und drückt</translation>
    </message>
    <message>
        <source>snug on your nose</source>
        <translation>eng auf der Nase</translation>
    </message>
    <message>
        <source>regular on your nose</source>
        <translation>gut auf der Nase</translation>
    </message>
    <message>
        <source>loose on your nose: it sits low</source>
        <translation>locker auf der Nase: sie sitzt tief</translation>
    </message>
    <message>
        <source>too wide for your nose: it slides down</source>
        <translation>zu breit für Ihre Nase: sie rutscht herunter</translation>
    </message>
    <message>
        <source>too short for your ears</source>
        <translation>zu kurz für Ihre Ohren</translation>
    </message>
    <message>
        <source>rather short</source>
        <translation>eher kurz</translation>
    </message>
    <message>
        <source>regular length</source>
        <translation>passende Länge</translation>
    </message>
    <message>
        <source>rather long</source>
        <translation>eher lang</translation>
    </message>
    <message>
        <source>too long: it slides</source>
        <translation>zu lang: sie rutscht</translation>
    </message>
    <message>
        <source>your eyes look through the outer half of the lenses</source>
        <translation>Ihre Augen blicken durch die äußere Hälfte der Gläser</translation>
    </message>
    <message>
        <source>your eyes stand well in the lenses</source>
        <translation>Ihre Augen stehen gut in den Gläsern</translation>
    </message>
    <message>
        <source>your eyes stand too near the nose for a prescription</source>
        <translation>Ihre Augen stehen für Korrekturgläser zu nah an der Nase</translation>
    </message>
</context>
<context>
    <name>intake</name>
    <message>
        <source>Where do pictures go?</source>
        <translation>Wohin sollen Bilder?</translation>
    </message>
</context>
<context>
    <name>shelf</name>
    <message>
        <source>Glasses</source>
        <translation>Brillen</translation>
    </message>
    <message>
        <source>Hats</source>
        <translation>Hüte</translation>
    </message>
    <message>
        <source>Headphones</source>
        <translation>Kopfhörer</translation>
    </message>
    <message>
        <source>Earrings</source>
        <translation>Ohrringe</translation>
    </message>
    <message>
        <source>Necklaces</source>
        <translation>Ketten</translation>
    </message>
    <message>
        <source>Rings</source>
        <translation>Ringe</translation>
    </message>
    <message>
        <source>Watches</source>
        <translation>Uhren</translation>
    </message>
    <message>
        <source>Bracelets</source>
        <translation>Armbänder</translation>
    </message>
</context>
</TS>
