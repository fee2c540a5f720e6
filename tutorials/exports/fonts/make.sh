#!/bin/sh
# Makes the fonts of the sign-in sheets anew, from Debian's fonts-noto-core and fonts-noto-cjk.
# Needs fonttools (pyftsubset). Run it where both packages are installed: make.sh OUT [FONTS]
set -eu
out=$1
fonts=${2:-/usr/share/fonts}
core=$fonts/truetype/noto
cjk=$fonts/opentype/noto/NotoSansCJK-Regular.ttc

for name in \
    NotoSans NotoSansAdlam NotoSansArabic NotoSansArmenian NotoSansBalinese NotoSansBengali \
    NotoSansBuginese NotoSansCanadianAboriginal NotoSansChakma NotoSansCham NotoSansCherokee \
    NotoSansDevanagari NotoSansEthiopic NotoSansGeorgian NotoSansGujarati NotoSansGurmukhi \
    NotoSansHanifiRohingya NotoSansHebrew NotoSansJavanese NotoSansKannada NotoSansKayahLi \
    NotoSansKhmer NotoSansLao NotoSansLepcha NotoSansLimbu NotoSansLisu NotoSansMalayalam \
    NotoSansMeeteiMayek NotoSansMiao NotoSansMongolian NotoSansMyanmar NotoSansNewTaiLue \
    NotoSansNKo NotoSansOlChiki NotoSansOriya NotoSansOsage NotoSansSinhala NotoSansSundanese \
    NotoSansSyriac NotoSansTaiLe NotoSansTaiTham NotoSansTamil NotoSansTelugu NotoSansThaana \
    NotoSansThai NotoSansTifinagh NotoSansVai NotoSansYi NotoSerifTibetan
do
    pyftsubset "$core/$name-Regular.ttf" --unicodes='*' --layout-features='*' --no-hinting \
        --output-file="$out/$name-Regular.ttf"
done
pyftsubset "$core/NotoSans-Bold.ttf" --unicodes='*' --layout-features='*' --no-hinting \
    --output-file="$out/NotoSans-Bold.ttf"

# Number 2 of the collection is Simplified Chinese, with the Han of all the others.
cjk() {
    pyftsubset "$cjk" --font-number=2 --unicodes="$1" --layout-features='' --no-hinting \
        --drop-tables+=vhea,vmtx,VORG,BASE --output-file="$out/$2"
}
cjk U+3000-312F,U+31A0-31FF,U+3200-33FF,U+3400-4DBF,U+4E00-9FFF,U+F900-FAFF,U+FF00-FFEF,U+20000-3FFFF NotoSansCJK-Han.otf
cjk U+1100-11FF,U+3130-318F,U+A960-A97F,U+AC00-D7FF NotoSansCJK-Hangul.otf
