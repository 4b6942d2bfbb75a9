// What a password must be; the server has the last word.
import { t } from '../ui/i18n';

export function passwordFault(password: string): string | null {
  const bytes = new TextEncoder().encode(password).length;
  return bytes < 8 || bytes > 1024 ? t('password.rule') : null;
}
