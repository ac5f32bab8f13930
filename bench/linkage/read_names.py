#!/usr/bin/env python3
"""How many people whose name stands once in Chinese characters and once in Latin letters `plainsight link dedupe` brings together.

    read_names.py build/plainsight [OTHER_BUILD ...] [--people 2000] [--seed 5]

Half of the people have a Japanese name, half a Korean one, of lists below; half of them are there twice, with the same birth date (one in ten is
missing) and town (one in five is another). Beside it as many people with Chinese names, which must stay as they are. Names of Japan that
stand in no table of the program are a list of their own, and are told apart. One hand wrote these lists and those tables. Nobody is meant.
Standard library only.
"""
import argparse
import collections
import csv
import os
import random
import subprocess
import tempfile

SURNAMES = """佐藤 Sato 鈴木 Suzuki 高橋 Takahashi 田中 Tanaka 伊藤 Ito 渡辺 Watanabe 山本 Yamamoto 中村 Nakamura 小林 Kobayashi 加藤 Kato 吉田 Yoshida 山田 Yamada
佐々木 Sasaki 山口 Yamaguchi 松本 Matsumoto 井上 Inoue 木村 Kimura 林 Hayashi 斎藤 Saito 清水 Shimizu 山崎 Yamazaki 森 Mori 池田 Ikeda 橋本 Hashimoto 阿部 Abe
石川 Ishikawa 山下 Yamashita 中島 Nakajima 小川 Ogawa 石井 Ishii 長谷川 Hasegawa 後藤 Goto 岡田 Okada 近藤 Kondo 前田 Maeda 藤田 Fujita 遠藤 Endo 青木 Aoki
坂本 Sakamoto 村上 Murakami 太田 Ota 金子 Kaneko 藤井 Fujii 福田 Fukuda 西村 Nishimura 三浦 Miura 竹内 Takeuchi 中川 Nakagawa 岡本 Okamoto 松田 Matsuda"""
GIVEN = """太郎 Taro 健一 Kenichi 誠 Makoto 浩 Hiroshi 隆 Takashi 明 Akira 大輔 Daisuke 翔太 Shota 拓也 Takuya 直樹 Naoki 雄太 Yuta 悠斗 Yuto 和夫 Kazuo 秀樹 Hideki 修 Osamu
恵子 Keiko 陽子 Yoko 和子 Kazuko 幸子 Sachiko 京子 Kyoko 由美子 Yumiko 智子 Tomoko 直子 Naoko 美咲 Misaki 美香 Mika 花子 Hanako 春香 Haruka 彩 Aya 麻衣 Mai 香織 Kaori"""
NOT_IN_TABLES = """蛭田 Hiruta 薬師寺 Yakushiji 鬼頭 Kito 百瀬 Momose 日下部 Kusakabe 古市 Furuichi 円城寺 Enjoji 赤羽 Akabane 三枝 Saegusa 白鳥 Shiratori"""
GIVEN_NOT_IN_TABLES = """健斗 Kento 千佳 Chika 亜紀 Aki 佑樹 Yuki 康介 Kosuke 芽衣 Mei 琴音 Kotone 朱里 Akari 大和 Yamato 信吾 Shingo"""
KOREAN = """金 Kim 李 Lee 李 Yi 朴 Park 崔 Choi 鄭 Jung 鄭 Jeong 姜 Kang 趙 Cho 尹 Yoon 張 Jang 林 Lim 韓 Han 吳 Oh 徐 Seo 申 Shin 權 Kwon 黃 Hwang 安 Ahn 宋 Song 柳 Yoo 洪 Hong 全 Jeon
高 Ko 文 Moon 孫 Son 梁 Yang 裵 Bae 白 Baek 許 Heo 南 Nam 沈 Shim 盧 Noh 河 Ha 成 Sung 郭 Kwak 車 Cha 朱 Joo 玄 Hyun"""
SYLLABLES = """民 min 秀 su 英 yeong 哲 cheol 浩 ho 俊 jun 成 seong 賢 hyeon 美 mi 恩 eun 珠 ju 淑 suk 姬 hui 順 sun 永 yeong 相 sang 基 gi 東 dong 在 jae 勳 hun 宇 u 善 seon 京 gyeong 正 jeong"""
CHINESE = """王 Wang 李 Li 张 Zhang 劉 Liu 陳 Chen 杨 Yang 趙 Zhao 黄 Huang 周 Zhou 吴 Wu 徐 Xu 孫 Sun 胡 Hu 朱 Zhu 高 Gao 林 Lin 何 He 郭 Guo 馬 Ma 羅 Luo 梁 Liang 宋 Song 鄭 Zheng 謝 Xie"""
PINYIN = """伟 wei 芳 fang 娜 na 英 ying 敏 min 静 jing 丽 li 磊 lei 軍 jun 洋 yang 勇 yong 杰 jie 明 ming 超 chao 華 hua 國 guo 志 zhi 文 wen 建 jian 春 chun 梅 mei 玉 yu 海 hai 龍 long"""
TOWNS = ["Osaka", "Seoul", "Busan", "Tokyo", "Kyoto", "Madrid", "Lisbon", "Leeds", "Lyon", "Bari"]


def listed(text):
    words = text.split()
    return list(zip(words[::2], words[1::2]))


def name_of(r, kind):
    """Given name and surname, in characters and in Latin letters."""
    if kind == "Chinese":
        surname, given = r.choice(listed(CHINESE)), r.sample(listed(PINYIN), 1 + (r.random() < 0.8))
        return ("".join(g[0] for g in given), surname[0]), ("".join(g[1] for g in given).capitalize(), surname[1])
    if kind == "Korean":
        surname, given = r.choice(listed(KOREAN)), [list(s) for s in r.sample(listed(SYLLABLES), 2)]
        old = r.random() < 0.5
        latin = [s[1].replace("eo", "u") if old else s[1] for s in given]
        return (given[0][0] + given[1][0], surname[0]), (r.choice(["-", " ", ""]).join(latin).capitalize(), surname[1])
    surname = r.choice(listed(NOT_IN_TABLES if "surname" in kind else SURNAMES))
    given = r.choice(listed(GIVEN_NOT_IN_TABLES if "given" in kind else GIVEN))
    return (given[0], surname[0]), (given[1], surname[1])


KINDS = {"Japan and Korea": ["Japanese", "Korean"], "surname in no table": ["Japanese surname"], "given name in no table": ["Japanese given"], "China": ["Chinese"]}


def people(r, kinds, count):
    """Rows, and for each the person."""
    rows = []
    for person in range(count):
        born = f"{r.randrange(1950, 2005)}-{r.randrange(1, 13):02d}-{r.randrange(1, 29):02d}"
        town = r.choice(TOWNS)
        names = name_of(r, r.choice(kinds))
        for name in names if r.random() < 0.5 else [r.choice(names)]:
            rows.append((person, *name, born if r.random() < 0.9 else "", town if r.random() < 0.8 else r.choice(TOWNS)))
    r.shuffle(rows)
    return rows


def score(program, rows, folder):
    given, pairs = os.path.join(folder, "people.csv"), os.path.join(folder, "pairs.csv")
    with open(given, "w", newline="", encoding="utf-8") as f:
        w = csv.writer(f)
        w.writerow(["id", "given", "surname", "born", "city"])
        w.writerows((i, *row[1:]) for i, row in enumerate(rows))
    subprocess.run([program, "link", "dedupe", given, "--out", pairs, "--clusters", os.path.join(folder, "clusters.csv")], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    of = collections.Counter(row[0] for row in rows)
    wanted = sum(n == 2 for n in of.values())
    with open(pairs, newline="", encoding="utf-8") as f:
        made = [rows[int(p["id_a"])][0] == rows[int(p["id_b"])][0] for p in csv.DictReader(f) if float(p["probability"]) >= 0.95]
    return f"precision {sum(made) / len(made) if made else 0:.3f}, recall {sum(made) / wanted:.3f}, of {wanted}"


def main():
    o = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    o.add_argument("program", nargs="+")
    o.add_argument("--people", type=int, default=2000)
    o.add_argument("--seed", type=int, default=5)
    o = o.parse_args()
    for said, kinds in KINDS.items():
        rows = people(random.Random(o.seed), kinds, o.people)
        for program in o.program:
            with tempfile.TemporaryDirectory() as folder:
                print(f"{said}: {score(program, rows, folder)}  {program}")


if __name__ == "__main__":
    main()
