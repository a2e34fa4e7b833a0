export default function ProofDialog(_: { answer: (proven: boolean) => void }) {
  return null;
}
