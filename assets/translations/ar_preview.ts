<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1">
<context>
    <name>ControlBar</name>
    <message>
        <source>Source</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Countdown</name>
    <message>
        <source>Countdown</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FittingPanel</name>
    <message>
        <source>Fit a model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Title</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What it is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mm</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sideways</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Height</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Depth</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tip</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Turn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Roll</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save to the shelf</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 sure by its shape</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only %1 sure: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>please choose</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Width</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lens</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bridge</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Temple</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Head</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Inner</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Case</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Length</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lies wrong</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tip 90°</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Turn 90°</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Roll 90°</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Hints</name>
    <message>
        <source>Hold your hand up to the camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hair covers the ears, and the earrings with them</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Intake</name>
    <message>
        <source>Photos, videos and products (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop a GLB model here to fit it</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>KeySheet</name>
    <message>
        <source>Keys</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LookBadge</name>
    <message>
        <source>Look %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MeasuresPanel</name>
    <message>
        <source>Measures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pupil distance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Face width</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wrist, round</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From the irises, which differ from person to person.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>From the whole hand; hands differ in length and width.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 to %2 mm</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Thumb</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Index finger</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Middle finger</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ring finger</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Little finger</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 to %2 mm across</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hold your hand still.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look straight at the camera.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Mirror</name>
    <message>
        <source>Mirror</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Without</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MoreMenu</name>
    <message>
        <source>Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As in the room</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Studio</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Own colours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pupil distance ...</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pupil distance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Far, in mm, as on the prescription:</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Player</name>
    <message>
        <source>No camera found: this is the bundled sample</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RecordBadge</name>
    <message>
        <source>Recording</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Shelf</name>
    <message>
        <source>Products</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search products</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Favourites</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ShelfModel</name>
    <message>
        <source>worn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>favourite</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Showing</name>
    <message>
        <source>One moment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is nothing to show</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The camera is away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Plug it in again; the picture comes back by itself.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Shutter</name>
    <message>
        <source>Put something on first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Comparing %1 products ...</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is nothing like it to compare it with</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is on the shelf</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A photo does not move: take a picture instead</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Stage</name>
    <message>
        <source>Step in front of the mirror</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>Nothing leaves this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 fps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, %1 ms behind</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>drawn without a graphics card</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>full quality</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>softer picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>half resolution</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Transport</name>
    <message>
        <source>Position</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Welcome</name>
    <message>
        <source>Welcome</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See it on you</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your camera becomes a mirror: glasses, hats and jewellery appear on you at their real size, in the light of your room.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use the camera</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look at the sample first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing leaves this computer, and nothing is kept unless you save it.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>actions</name>
    <message>
        <source>Previous product</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next product</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next colour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take everything off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Other look, A or B</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add to or take from favourites</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search products</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fit a model of your own</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take a picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take a picture in 3 seconds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make a card to share</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare four on one sheet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Record a video</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare before and after</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move the line left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move the line right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measures and fit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mirror the picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Play or pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>5 seconds back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>5 seconds on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Play again and again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose what is shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the folder for pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show without products while held</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close, leave full screen</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>fit</name>
    <message>
        <source>probably %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>perhaps %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, ±%2 mm</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 mm narrower than your face</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>as wide as your face</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 mm wider than your face</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 mm narrower than your nose</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>as wide as your nose</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 mm wider than your nose</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 mm shorter than the way round your ears</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>as long as the way round your ears</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 mm longer than the way round your ears</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 mm closer together than your pupils</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>as far apart as your pupils</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 mm wider apart than your pupils</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>too narrow: the temples press</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>snug fit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>regular fit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>relaxed fit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>oversized look</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>too wide: it slides</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>too narrow for your nose: it sits high and pinches</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>snug on your nose</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>regular on your nose</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>loose on your nose: it sits low</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>too wide for your nose: it slides down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>too short for your ears</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>rather short</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>regular length</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>rather long</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>too long: it slides</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>your eyes look through the outer half of the lenses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>your eyes stand well in the lenses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>your eyes stand too near the nose for a prescription</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>intake</name>
    <message>
        <source>Where do pictures go?</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>shelf</name>
    <message>
        <source>Glasses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hats</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Headphones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Earrings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Necklaces</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rings</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Watches</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bracelets</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
