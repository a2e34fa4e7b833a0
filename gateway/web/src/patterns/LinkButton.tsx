import Button from '@mui/material/Button';
import { createLink } from '@tanstack/react-router';

/** A link to another page that looks like a button, because it is what one comes for. */
export const LinkButton = createLink(Button);
