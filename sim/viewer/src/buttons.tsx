// Buttons that hand something out: to the clipboard, or as a file.
import { useState } from 'preact/hooks';

/** Copies a text. `of` says of what, for who hears many buttons with the same label. */
export function Copy({ text, label, of }: { text: string; label: string; of?: string }) {
  const [done, setDone] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard?.writeText(text);
    setDone(true);
    setTimeout(() => setDone(false), 1500);
  };
  return (
    <button type="button" aria-label={of && !done ? `${label}: ${of}` : undefined} onClick={() => void copy()}>
      {done ? 'Copied' : label}
    </button>
  );
}

/** Saves a text as a file, with how large it is. */
export function Download({ text, name, label, type = 'application/json' }: { text: string; name: string; label: string; type?: string }) {
  const save = (): void => {
    const address = URL.createObjectURL(new Blob([text], { type }));
    const link = document.createElement('a');
    link.href = address;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  };
  return (
    <button type="button" onClick={save}>
      {label} <small>({Math.max(1, Math.round(text.length / 1024)).toLocaleString('en')} KB)</small>
    </button>
  );
}
