import type PdfFile from "pdfkit";

/** Writes text onto the page that a document is at. Sizes and places are in points from the top. */
export interface Pen {
  widthOf(text: string, size: number): number;
  write(text: string, at: { x: number; y: number; size: number }): void;
}

type Doc = InstanceType<typeof PdfFile>;

/** A pen with a font file of the operator's; what the document uses of the font is embedded. */
export function embeddedPen(doc: Doc, file: string): Pen {
  doc.font(file);
  return {
    widthOf: (text, size) => doc.fontSize(size).widthOfString(text),
    write: (text, { x, y, size }) => {
      doc.fontSize(size).text(text, x, y, { lineBreak: false });
    },
  };
}

/**
 * A pen for Chinese and Latin without any font of ours: the document names STSong-Light, one of the
 * fonts that readers bring or replace, by the character collection Adobe-GB1. Codes are UTF-16, and
 * a table in the document says so, so that text can be copied and searched.
 */
export function readersPen(doc: Doc): Pen {
  const font = fontIn(doc);
  return {
    widthOf: (text, size) => (widthOf(text) / 1000) * size,
    write: (text, { x, y, size }) => {
      (doc.page.fonts as Record<string, unknown>)[fontName] = font;
      const { height } = doc.page;
      const baseline = height - y - (ascent / 1000) * size;
      doc.addContent(
        `q 1 0 0 -1 0 ${height} cm BT 1 0 0 1 ${point(x)} ${point(baseline)} Tm ` +
          `/${fontName} ${point(size)} Tf <${codesOf(text)}> Tj ET Q`,
      );
    },
  };
}

const fontName = "Song";
const ascent = 880;
const point = (value: number) => Number(value.toFixed(3));

/** UTF-16, the higher byte first: what the encoding UniGB-UTF16-H reads. */
export const codesOf = (text: string): string =>
  Array.from({ length: text.length }, (_, i) => hex4(text.charCodeAt(i))).join("");
const hex4 = (code: number) => code.toString(16).padStart(4, "0").toUpperCase();

function fontIn(doc: Doc) {
  const descriptor = doc.ref({
    ...{ Type: "FontDescriptor", FontName: "STSong-Light", Flags: 6, ItalicAngle: 0 },
    ...{ FontBBox: [-25, -254, 1000, 880], Ascent: ascent, Descent: -120, CapHeight: 737 },
    StemV: 93,
  });
  const glyphs = doc.ref({
    ...{ Type: "Font", Subtype: "CIDFontType0", BaseFont: "STSong-Light", DW: 1000 },
    CIDSystemInfo: { Registry: pdfText("Adobe"), Ordering: pdfText("GB1"), Supplement: 4 },
    W: [1, latinWidths, 814, 939, 500],
    FontDescriptor: descriptor,
  });
  const toUnicode = doc.ref({});
  const font = doc.ref({
    ...{ Type: "Font", Subtype: "Type0", BaseFont: "STSong-Light-UniGB-UTF16-H" },
    ...{ Encoding: "UniGB-UTF16-H", DescendantFonts: [glyphs], ToUnicode: toUnicode },
  });
  toUnicode.end(unicodeTable);
  for (const ref of [descriptor, glyphs, font]) ref.end(undefined); // no stream
  return font;
}

/** A text as an object, which is written as a string and not as a name. */
const pdfText = (text: string) => Object(text) as string;

/** In thousandths of the size, for the characters from the blank to the tilde. */
const latinWidths = [
  ...[207, 270, 342, 467, 462, 797, 710, 239, 374, 374, 423, 605, 238, 375, 238, 334],
  ...[462, 462, 462, 462, 462, 462, 462, 462, 462, 462, 238, 238, 605, 605, 605, 344],
  ...[748, 684, 560, 695, 739, 563, 511, 729, 793, 318, 312, 666, 526, 896, 758, 772],
  ...[544, 772, 628, 465, 607, 753, 711, 972, 647, 620, 607, 374, 333, 374, 606, 500],
  ...[239, 417, 503, 427, 529, 415, 264, 444, 518, 241, 230, 495, 228, 793, 527, 524],
  ...[524, 504, 338, 336, 277, 517, 450, 652, 466, 452, 407, 370, 258, 370, 605],
];

function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += latinWidths[character.codePointAt(0)! - 0x20] ?? 1000;
  return width;
}

/** Every code is its own character: 256 stretches of one higher byte each, 100 to a block. */
const unicodeTable = (() => {
  const stretches = Array.from({ length: 256 }, (_, i) => {
    const high = i.toString(16).padStart(2, "0").toUpperCase();
    return `<${high}00> <${high}FF> <${high}00>`;
  });
  const blocks = [0, 100, 200].map((from) => {
    const some = stretches.slice(from, from + 100);
    return `${some.length} beginbfrange\n${some.join("\n")}\nendbfrange`;
  });
  return [
    "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
    "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
    "1 begincodespacerange <0000> <FFFF> endcodespacerange",
    ...blocks,
    "endcmap CMapName currentdict /CMap defineresource pop end end",
  ].join("\n");
})();
