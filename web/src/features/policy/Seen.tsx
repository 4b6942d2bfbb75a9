// What was seen, in the page's language, with the line of the cell where it was one.
import type { Decision } from '../../api/schema';
import { inLanguage, t } from '../../ui/i18n';

export function Seen({ decision }: { decision: Decision }) {
  return (
    <ul className="seen">
      {decision.evidence.map(finding => (
        <li key={finding.detector}>
          {inLanguage(finding, 'says')} <span className="seen-kind">{t(finding.family === 'people' ? 'evidence.people' : `evidence.${finding.tier}`)}</span>
          {finding.excerpt && <pre aria-label={t('evidence.line', { line: finding.line ?? 1 })}><span aria-hidden>{finding.line ?? 1}</span><code>{finding.excerpt}</code></pre>}
        </li>
      ))}
    </ul>
  );
}
