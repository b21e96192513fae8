/** Sentences about what is wrong, the first of them kept and the others counted. */
export interface ProblemList {
  add(sentences: readonly string[]): void;
  /** With "and 7 more" at the end, where there are more than were kept. */
  all(): string[];
}

const kept = 100;

export function problemList(first: readonly string[] = []): ProblemList {
  const sentences: string[] = [];
  let more = 0;
  const list: ProblemList = {
    add: (added) => {
      for (const sentence of added) {
        if (sentences.length < kept) sentences.push(sentence);
        else more += 1;
      }
    },
    all: () => (more > 0 ? [...sentences, `and ${more} more`] : [...sentences]),
  };
  list.add(first);
  return list;
}
