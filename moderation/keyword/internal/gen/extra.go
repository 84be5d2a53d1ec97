package main

// extra lists readings that no Unicode table gives: letters as people draw
// them with other scripts, emoji, and small capitals. Each entry is the
// characters of one line, each read as the letters before the colon; a second
// letter after a slash is the second best reading.
const extra = `
a:ⲁɐɑαдΔ△▲∆ᗩ卂ลค𝒶₳ꭺåɒΛʌ
b:βɓвьъБЬЪ乃๒฿ᗷъ♭ʙ
c:ςⲥɕ¢©ᄃ匚ͼꜿ☾☪℃ር₵
d:ԁɗԃժ∂๔ᗪÐđ₫
e:ⲉꞓεєэзɛɜɘəǝ€єΣ∑乇モξЭЄՇ℮₤ҽ℮
f:ɟƒғϝ千ſ/s₣ꜰʄᎦƑ
g:Ꮆꮆƃﻮﻭɠɢցԍɡ₲ムᶃ
h:ⲏ/nнһհђʜんんɦҥЊ卄♓Ħ
i:ⲓเ丨ιіɩɪ¡工ﾉɨїӏ/lᎥι
j:јʝﾌɉʲϳ
k:ҜҝⲕκкĸқҝҠズ₭ᴋҡкʞ
l:լ/iⳑןʟℓㄥ|/iﾚ£ɭʅŁꞁ
m:ⲙмʍ/wɱ爪๓₥ᗰ♏♍ɯ/w
n:ⲛոηпиήղռ几ภ₦ᴎПИⁿղռ
o:ⲟσοоօø○◯●⭕¤◦°๏ㄖ回◎☯♡❍ס⊙ʘ☉Ө
p:ⲣρрքþ卩ק₱ᑭթ♇
q:ԛզգҩợɋϙᑫ
r:ⲅгяɾɹ尺ʀ®ЯГᖇɼ
s:₴ѕ§รƨ丂ꜱʂ⟆ֆϟ⚡
t:ⲧㄒтτ†✝✞ʇ千ﾅ┼╋➕ᴛ₮✚☨ե千Շ✛
u:ⲩ/yυцμՍ∪ㄩยʊʉᑌՄ⛎
v:ᐯνѵ√∨ⱽ☑✓✔ⱱ
w:ⲱωшщฬѡՎ山ᗯ₩ʬ
x:ⲭאхχж×✕✖❌⨯メ乂҂✘☓✗❎
y:ץуγүұʏ¥ソㄚ丫ʎצӳჯ
z:ʐƶȥʑչ乙乊ᴢ
0:∅⌀
3:зӡʒ
4:ч
6:б
`

// alternates adds a second reading to letters whose first one is found above
// or in the tables.
const alternates = `
н:n
и:u
п:r
в:v
с:s
у:u
η:h
ɔ:c
ʌ:v
ש:v
Ŧ:f
ŧ:f
ł:i
Ł:i
ո:u
ν:u
σ:s
ς:s
υ:v
μ:m
ɯ:w
θ:0
Θ:0
`

// emoji are read as the letters they show.
const emoji = "🅰a 🅱b 🅾o 🅿p 🆎ab 🆑cl 🆒cool 🆓free 🆔id 🆕new 🆖ng 🆗ok 🆘sos 🆙up 🆚vs ℹi Ⓜm ❗i ❕i ‼ii 💲s 🔴o 🟠o 🟡o 🟢o 🔵o 🟣o ⚪o ⚫o 🄾o"
