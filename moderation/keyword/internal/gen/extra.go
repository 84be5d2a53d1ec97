package main

// extra lists readings that no Unicode table gives: letters as people draw
// them with other scripts, emoji, and small capitals. Each entry is the
// characters of one line, each read as the letters before the colon; a second
// letter after a slash is the second best reading.
const extra = `
a:🔺🔼⛺ⲁɐɑαдΔ△▲∆ᗩ卂ลค𝒶₳ꭺåɒΛʌ
b:ხβɓвьъБЬЪ乃๒฿ᗷъ♭ʙ
c:ςⲥɕ¢©ᄃ匚ͼꜿ☾☪℃ር₵
d:ԁɗԃժ∂๔ᗪÐđ₫
e:ⲉꞓεєэзɛɜɘəǝ€єΣ∑乇モξЭЄՇ℮₤ҽ℮
f:ɟƒғϝ千ſ/s₣ꜰʄᎦƑ
g:Ꮆꮆƃﻮﻭɠɢցԍɡ₲ムᶃ
h:ჩɧⲏ/nнһհђʜんんɦҥЊ卄♓Ħ
i:ⲓเ丨ιіɩɪ¡工ﾉɨїӏ/lᎥι
j:јʝﾌɉʲϳ
k:ҜҝⲕκкĸқҝҠズ₭ᴋҡкʞ
l:լ/iⳑןʟℓㄥ|/iﾚ£ɭʅŁꞁ
m:ⲙмʍ/wɱ爪๓₥ᗰ♏♍ɯ/w
n:חⲛոηпиήղռ几ภ₦ᴎПИⁿղռ
o:ჿ口𐌏⚽🏀🏐🍩🔘🌕🌑🌐ⲟσοоօø○◯●⭕¤◦°๏ㄖ回◎☯♡❍ס⊙ʘ☉Ө
p:ⲣρрքþ卩ק₱ᑭթ♇
q:ԛզգҩợɋϙᑫ
r:ɻⲅгяɾɹ尺ʀ®ЯГᖇɼ
s:Տʃ₴ѕ§รƨ丂ꜱʂ⟆ֆϟ⚡
t:⛏ⲧㄒтτ†✝✞ʇ千ﾅ┼╋➕ᴛ₮✚☨ե千Շ✛
u:ⲩ/yυцμՍ∪ㄩยʊʉᑌՄ⛎
v:ᐯνѵ√∨ⱽ☑✓✔ⱱ
w:ⲱωшщฬѡՎ山ᗯ₩ʬ
x:𐌗ⲭאхχж×✕✖❌⨯メ乂҂✘☓✗❎
y:ץуγүұʏ¥ソㄚ丫ʎצӳჯ
z:ζʐƶȥʑչ乙乊ᴢ
0:∅⌀
3:зӡʒ
4:ч
6:б
`

// alphabets are whole alphabets as the "fancy text" pages of the web write
// them, a to z in order; a space stands where the letter is a plain one. Where a
// character has a reading already, this one becomes its second.
const alphabets = `
ﾑ    ｷ  ﾉﾌズﾚﾶ刀 ｱ   ｲ   ﾒﾘ 
ǟɮƈɖɛʄɢɦɨʝӄʟʍռօքզʀֆȶʊʋաӼʏʐ
ᏗᏰፈᎴᏋᎦᎶᏂᎥᏠᏦᏝᎷᏁᎧᎮᎤᏒᏕᏖᏬᏉᏇጀᎩፚ
ąცƈɖɛʄɠɧıʝƙƖɱŋơ℘զཞʂɬų۷ῳҳყʑ
ΛBᄃDΣFGΉIJKᄂMПӨPQЯƧƬЦVЩXYZ
         נ                
₳฿₵ĐɆ₣₲ⱧłJ₭Ⱡ₥₦Ø₱QⱤ₴₮ɄV₩ӾɎⱫ
ᗩᗷᑢᕲᘿᖴᘜᕼᓰᒚkᒪᘻᘉᓍᕵᕴᖇSᖶᑘᐺᘺ᙭ᖻᗱ
  ᑕ          ᑎ    ᔕ      ᘔ
ꍏꌃꉓꀸꍟꎇꁅꃅꀤꀭꀘ꒒ꂵꈤꂦꉣꆰꋪꌗ꓄ꀎꃴꅏꊼꌩꁴ
ꋬꃳꉔ꒯ꏂꊰꍌꁝ꒐꒻ꀘ꒒ꂵꋊꄲꉣꆰꋪꇙ꓄꒤꒦ꅐꉧꌦꁴ
ꋫꃃꏸꁕꍟꄘꁍꑛꂑꀭꀗ꒒ꁒꁹꆂꉣꁸ꒓ꌚ꓅ꐇꏝꅐꇓꐟꁴ
𐌀𐌁𐌂𐌃𐌄𐌅Ᏽ𐋅𐌉Ꮭ𐌊𐌋𐌌𐌍Ꝋ𐌐𐌒r𐌔𐌕𐌵ᕓᏔ𐋄𐌙Ɀ
ልጌርዕቿቻኗዘጎጋጕረጠክዐየዒዪነፕሁሀሠሸሃጊ
ᚨᛒᚲᛞᛖᚠᚷᚺᛁᛃkᛚᛗᚾᛟᛈqᚱᛊᛏᚢᚡᚹᛪᚤᛉ
ꪖ᥇ᥴᦔꫀᠻᧁꫝijkꪶꪑꪀꪮρꪇrstꪊꪜ᭙᥊ꪗɀ
ᾰ♭ḉᖱḙḟ❡ℏ!♩кℓՊℵ✺℘ǭԻṧтṳṽω✘⑂ℨ
ДБСDΞFGHIJҜLMИФPǪЯSΓЦVЩЖУZ
ąҍçժҽƒցհìʝҟӀʍղօքզɾʂէմѵաxվՀ
αႦƈԃҽϝɠԋιʝƙʅɱɳσρϙɾʂƚυʋɯxყȥ
åß¢Ðê£ghïjklmñðþqr§†µvwx¥z
ⰰⰱⱄⰴⰵⱚⰳⱈⰻⰺⰽⰾⰿⱀⱁⱂqⱃ ⱅⱆⰲwⱒⱏⰸ
ⲀⲂⲤⲆⲈfgⲎⲒjⲔlⲘⲚⲞⲢqrsⲦuvⲰⲬⲨⲌ
∀ᙠƆᗡƎℲ⅁HIſ⋊⅂WNOԀΌᴚS⊥∩ΛMX⅄Z
𐊠𐊂𐊢 𐊆𐊇 𐋏𐊊  𐊍𐊰𐊪𐊒𐊕   𐊗 𐊍 𐊐𐊲𐊚
𐒖 𐓂  𐒇  𐒃     𐒆   𐒈  𐒜    
  匚    廾 亅 乚      丂丅凵     
⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚⠅⠇⠍⠝⠕⠏⠟⠗⠎⠞⠥⠧⠺⠭⠽⠵
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
ɾ:j
ו:i
ט:v
ʋ:u
ŋ:n
θ:0
Θ:0
`

// emoji are read as the letters they show.
const emoji = "🅰a 🅱b 🅾o 🅿p 🆎ab 🆑cl 🆒cool 🆓free 🆔id 🆕new 🆖ng 🆗ok 🆘sos 🆙up 🆚vs ℹi Ⓜm ❗i ❕i ‼ii 💲s 🔴o 🟠o 🟡o 🟢o 🔵o 🟣o ⚪o ⚫o 🄾o"
