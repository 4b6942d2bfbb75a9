// A labelled input whose hint and fault are read out with it.
import { type InputHTMLAttributes, type Ref, useId } from 'react';
import { CircleAlert } from 'lucide-react';
import './controls.css';

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly fault?: string | null | undefined;
  readonly input?: Ref<HTMLInputElement>;
}

export function Field({ label, hint, fault, input, ...rest }: FieldProps) {
  const id = useId();
  return (
    <div className="al-field">
      <label htmlFor={id}>{label}</label>
      <input {...rest} ref={input} id={id} className="al-input" aria-invalid={fault ? true : undefined} aria-describedby={fault || hint ? `${id}-more` : undefined} />
      {fault ? <p id={`${id}-more`} className="al-fault"><CircleAlert size={14} aria-hidden /> {fault}</p> : hint ? <p id={`${id}-more`} className="al-hint">{hint}</p> : null}
    </div>
  );
}
