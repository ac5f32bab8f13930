#!/bin/sh
# The generators refuse what they must, with file and line, and leave no output behind.
# usage: generators_test.sh TMPLGEN POGEN EMBED KINDGEN
set -u
tmplgen=$(realpath "$1") pogen=$(realpath "$2") embed=$(realpath "$3") kindgen=$(realpath "$4") datagen=$(realpath "$5")
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
tried=0 wrong=0
view='{% view struct page from "page.h" %}'
printf 'base.css /static/base.00000000.css\n' > assets.txt

say() {
  wrong=$((wrong + 1))
  echo "$1" >&2
}

# refuse LINE MESSAGE TEXT: a template whose text after the first line is TEXT (printf's escapes).
refuse() {
  tried=$((tried + 1))
  printf '%s\n' "$view" > bad.html
  printf "$3" >> bad.html
  rm -f bad_html.h
  said=$("$tmplgen" --assets assets.txt bad_html.h bad.html 2>&1)
  [ $? = 1 ] || say "not refused: $3"
  case $said in
    "bad.html:$1: $2"*) ;;
    *) say "for: $3
  wanted: bad.html:$1: $2
  said:   $said" ;;
  esac
  [ ! -e bad_html.h ] || say "output in spite of: $3"
}

accept() {
  tried=$((tried + 1))
  printf '%s\n' "$view" > good.html
  printf "$1" >> good.html
  "$tmplgen" --assets assets.txt good_html.h good.html || say "refused: $1"
}

refuse 3 "a script may not stand in the page" '<p>\n<script>alert(1)</script>'
refuse 2 "a hole may not stand inside <script>" '<script src="/x">{{ a }}</script>'
refuse 2 "a hole may not stand inside <script>" '<script>{{ a }}</script>'
refuse 2 "<style> has no place" '<style>p { color: {{ a }} }</style>'
refuse 2 "<iframe> has no place" '<iframe src="{{ a }}"></iframe>'
refuse 2 "the attribute style has no place" '<p style="{{ a }}">'
refuse 2 "the attribute onclick has no place" '<p onclick="{{ a }}">'
refuse 2 "the attribute onclick has no place" '<p ONCLICK="x">'
refuse 2 "the attribute srcdoc has no place" '<p srcdoc="{{ a }}">'
refuse 2 "the attribute http-equiv has no place" '<meta http-equiv="refresh" content="{{ a }}">'
refuse 2 "the value of class must stand in double quotes" '<p class=x>'
refuse 2 "the value of class must stand in double quotes" "<p class='x'>"
refuse 2 "nothing may be put into a tag" '<p class={{ a }}>'
refuse 2 "a hole in a tag must stand inside a quoted value" '<p {{ a }}>'
refuse 2 "a hole in a tag must stand inside a quoted value" '<p{{ a }}>'
refuse 2 "nothing may be put into a tag" '<{{ a }}>'
refuse 2 "nothing may be put into a tag" '</{{ a }}>'
refuse 2 "a hole may not stand inside a comment" '<!-- {{ a }} -->'
refuse 2 "the comment is never ended" '<!-- x'
refuse 2 "nothing may be put into a declaration" '<!doctype {{ a }}>'
refuse 2 "the URL of href must begin" '<a href="javascript:{{ a }}">'
refuse 2 "the URL of href must begin" '<a href="//{{ a }}">'
refuse 2 "the URL of action must begin" '<form action="x{{ a }}">'
refuse 2 "a message may not stand in the URL" '<a href="{%% t "x" %%}">'
refuse 4 "the branches of the block at line 2 end at different places" '{%% if a %%}\n<p class="\n{%% end %%}">'
refuse 2 "the branches of the block at line 2 end at different places" '{%% if a %%}<p>{%% else %%}<p {%% end %%}>'
refuse 2 "the branches of the block at line 2 end at different places" '<a href="{%% if a %%}/x{%% end %%}{{ b }}">'
refuse 2 "the branches of the block at line 2 end at different places" '{%% for a in b %%}<textarea>{%% end %%}'
refuse 3 "the block is never ended" '\n{%% if a %%}\n<p>'
refuse 2 "'end' without a block" '{%% end %%}'
refuse 2 "'else' without a block" '{%% else %%}'
refuse 2 "a second else" '{%% if a %%}{%% else %%}{%% else %%}{%% end %%}'
refuse 2 "'while' is not known" '{%% while a %%}'
refuse 2 "'a+b' is not a name" '{{ a+b }}'
refuse 2 "'f(x)' is not a name" '{{ f(x) }}'
refuse 2 "'b' is too much here" '{{ a b }}'
refuse 2 "the hole is empty" '{{ }}'
refuse 2 "'}}' is missing" '{{ a'
refuse 2 "there is no static file 'nope.css'" '<link href="{{ asset "nope.css" }}">'
refuse 2 "the message has %2 but there are 1 arguments" '{%% t "%%1 %%2" a %%}'
refuse 2 "the argument for %1 is not used" '{%% t "x" a %%}'
refuse 2 "a \"string\" is missing here" '{%% t n "one" %%}'
refuse 2 "the string is empty" '{%% t "" %%}'
refuse 2 "one layout, before everything else" '<p>{%% layout "l.html" a %%}'
refuse 2 "'l.htm' is not named like" '{%% layout "l.htm" a %%}'
refuse 2 "one body, outside of every block" '{%% if a %%}{%% body %%}{%% end %%}'
refuse 2 "an include must stand between tags" '<p {%% include "x.html" a %%}>'
refuse 2 "a tag may not stand inside <textarea>" '<textarea><b></textarea>'
refuse 2 "'<' must begin a tag" '<p>1 < 2</p>'
refuse 2 "white space must stand between attributes" '<p class="a"id="b">'
refuse 3 "the end of the file must stand between tags" '\n<p'
refuse 2 "is not UTF-8 text" '\377'
accept '<a href="tel:{{ a }}">x</a><input{%% if not a.b %%} checked{%% end %%} value="{{ a.b->c }}">\n'
accept '<p class="a{%% if a %%} b{%% end %%}">{%% t n "One tip" "%%1 tips" %%}</p>{%% for a in as %%}{{ a }}{%% else %%}x{%% end %%}\n'

printf 'no view\n' > bad.html
"$tmplgen" bad_html.h bad.html 2>&1 | grep -q '^bad.html:1: a template begins' || say "a template without a view"

# Catalogues.
head='msgid ""\nmsgstr ""\n"Language: es\\n"\n"Plural-Forms: nplurals=2; plural=n != 1;\\n"\n\n'
po() {
  tried=$((tried + 1))
  printf "$head$3" > bad.po
  rm -f bad.c
  said=$("$pogen" bad.c bad.po 2>&1)
  [ $? = 1 ] && [ ! -e bad.c ] || say "not refused: $3"
  case $said in
    "bad.po:$1: $2"*) ;;
    *) say "for: $3
  wanted: bad.po:$1: $2
  said:   $said" ;;
  esac
}
po 6 "%2 stands in one of message and translation only" 'msgid "%%1 %%2"\nmsgstr "%%1"\n'
po 6 "%1 stands in one of message and translation only" 'msgid "x"\nmsgstr "x %%1"\n'
po 6 "form 1 of the translation is missing" 'msgid "a"\nmsgid_plural "%%1 as"\nmsgstr[0] "a"\n'
po 6 "this language has no form 2" 'msgid "a"\nmsgid_plural "%%1 as"\nmsgstr[0] "a"\nmsgstr[1] "%%1 as"\nmsgstr[2] "x"\n'
po 6 "form 0 of the translation is missing" 'msgid "a"\nmsgstr ""\n'
po 8 "this line is not understood" 'msgid "a"\nmsgstr "b"\nmsgctxt "c"\n'
po 7 "this escape is not known" 'msgid "a"\nmsgstr "\\q"\n'
po 7 "the string is never ended" 'msgid "a"\nmsgstr "b\n'
po 9 "this message is translated otherwise at bad.po:6" 'msgid "a"\nmsgstr "b"\n\nmsgid "a"\nmsgstr "c"\n'
head='msgid ""\nmsgstr ""\n"Language: es\\n"\n"Plural-Forms: nplurals=2; plural=n;\\n"\n\n'
po 1 "the rule gives form 2 for 2" ''
head='msgid ""\nmsgstr ""\n"Language: es\\n"\n"Plural-Forms: nplurals=2; plural=system(1);\\n"\n\n'
po 1 "the plural rule is not understood" ''

# A Slavic rule: the tables and the parser agree with the language.
printf 'msgid ""\nmsgstr ""\n"Language: pl\\n"\n"Plural-Forms: nplurals=3; plural=n==1 ? 0 : n%%10>=2 && n%%10<=4 && (n%%100<10 || n%%100>=20) ? 1 : 2;\\n"\n' > pl.po
"$pogen" pl.c pl.po && grep -q 'return (int)((n == 1) ? 0 : (((((n % 10) >= 2) && ((n % 10) <= 4))' pl.c || say "the Polish rule: $(grep 'return (int)' pl.c)"

# Messages in C, and the check: one missing, one left over.
printf '/* tr(in, "not this") */\nx = tr(r->language, "One " /* no */ "two"); y = tr_n(in, f(a, b), "a", "%%1 as"); str(in, "nor this");\n' > a.c
sed -i 's, /\* no \*/,,' a.c
"$pogen" --strings a.c > a.pot
[ "$(grep -c '^msgid ' a.pot)" = 2 ] && grep -q '^msgid "One two"' a.pot && grep -q '^msgid_plural "%1 as"' a.pot || say "strings: $(cat a.pot)"
printf 'msgid ""\nmsgstr ""\n"Language: es\\n"\n"Plural-Forms: nplurals=2; plural=n != 1;\\n"\n\nmsgid "One two"\nmsgstr "Uno dos"\n\nmsgid "stale"\nmsgstr "x"\n' > es.po
printf '\n#. pack\nmsgid "Bar"\nmsgstr "Bar"\n\n#. pack\nmsgid "Gone"\nmsgstr "Ido"\n' >> es.po
echo 'code,Bar' > pack.csv
said=$("$pogen" --check es.po -- a.pot -- pack.csv 2>&1) && say "the check saw nothing"
case $said in *"a.c:2: 'a' has no translation"*"es.po:17: 'Gone' is used nowhere"*"es.po:9: 'stale' is used nowhere"*"3 wrong"*) ;; *) say "check: $said" ;; esac

# Static files.
mkdir one two && echo x > one/a.css && echo y > two/a.css && echo x > a.exe && : > empty.css
for files in "one/a.css two/a.css" a.exe empty.css absent.css; do
  tried=$((tried + 1))
  "$embed" e.c e.txt $files 2> said && say "embedded: $files"
  [ -s said ] && [ ! -e e.c ] || say "embed said nothing about $files"
done
# A style loses its comments and its idle blanks, and nothing else.
mkdir css
printf '%s\n' '/* why */' 'p :focus, a > b { color: red;' '  margin: 1px  2px; }' 'q::before { content: "a  /* { */";  }' > css/s.css
"$embed" c.c c.txt css/s.css
tr -d ' \n' < c.c | sed 's/.*content_0\[\]={\([0-9,]*\)};.*/\1/' | tr ',' '\n' | awk 'NF { printf "%c", $1 }' > css/out
printf '%s' 'p :focus,a > b{color:red;margin:1px 2px;}q::before{content:"a  /* { */";}' | cmp -s - css/out || say "a style was changed: $(cat css/out)"
"$embed" e.c e.txt one/a.css && grep -Eq '^a.css /static/a\.[0-9a-f]{8}\.css$' e.txt || say "embed one/a.css"

# Data: the bytes of the file and a NUL, under its name; and each fault alone.
printf 'a \303\251\n' > words.txt
: > empty.txt
printf 'caf\351\n' > latin.txt
printf 'x' > Bad-name.txt
"$datagen" d.c words.txt || say "datagen words.txt"
tr -d ' \n' < d.c | grep -Fq 'constptrdiff_tdata_words_size=5;constchardata_words[]={97,32,-61,-87,10,0,};' || say "datagen: $(cat d.c)"
for bad in empty latin Bad-name; do
  tried=$((tried + 1))
  if "$datagen" w.c "$bad.txt" 2>/dev/null || [ -e w.c ]; then say "datagen took $bad.txt"; fi
done

# Kinds of entries: one good pair of tables, and each fault alone.
kinds_head='code,area,label,compartment,permission,fields,measures,predecessors,starts_clock\n'
fields_head='kind,pos,name,label,type,choices,required,sealed\n'
kinds() { # MESSAGE KIND-ROWS FIELD-ROWS; an empty message: accepted
  tried=$((tried + 1))
  printf "$kinds_head$2" > k.csv
  printf "$fields_head$3" > f.csv
  rm -f k.c
  said=$("$kindgen" k.c k.csv f.csv 2>&1)
  case "$?$said" in
    "0") [ -z "$1" ] || say "kinds accepted: $2$3" ;;
    *"$1"*) [ -n "$1" ] && [ ! -e k.c ] || say "kinds: $said" ;;
    *) say "kinds: wanted $1, said $said" ;;
  esac
}
good_kind='note,casework,Note,CASE,case.write,text,,,\n' good_field='note,1,text,Text,longtext,,yes,yes\n'
kinds '' "$good_kind" "$good_field"
grep -q 'LIT("note"), LIT("Note")' k.c || say "kinds: $(cat k.c)"
kinds 'k.csv:3: the code "note" stands twice' "$good_kind$good_kind" "$good_field"
kinds 'k.csv:2: "note" lists fields that' 'note,casework,Note,CASE,case.write,text;more,,,\n' "$good_field"
kinds 'f.csv:3: the fields of "note" are not those listed' "$good_kind" "$good_field$(printf 'note,2,more,More,text,,no,yes')\n"
kinds 'f.csv:3: a field of no kind: "gone"' "$good_kind" "${good_field}gone,1,text,Text,text,,no,yes\n"
kinds 'k.csv:2: compartment "TIP" is none' 'note,casework,Note,TIP,case.write,text,,,\n' "$good_field"
kinds 'f.csv:2: type "number" is none' "$good_kind" 'note,1,text,Text,number,,yes,yes\n'
kinds 'f.csv:2: what people type in words of their own is sealed' "$good_kind" 'note,1,text,Text,text,,yes,no\n'
kinds 'f.csv:2: what people type in words of their own is sealed' "$good_kind" 'note,1,text,Text,longtext,,yes,no\n'
kinds '' 'note,casework,Note,CASE,case.write,n,,,\n' 'note,1,n,Number,int,,yes,no\n'
kinds 'f.csv:2: sealed is yes or no' "$good_kind" 'note,1,text,Text,text,,yes,perhaps\n'
kinds 'k.csv:2: 3 cells under a header of 9' 'note,casework,Note\n' "$good_field"

echo "$tried tried, $wrong wrong"
[ $wrong = 0 ]
