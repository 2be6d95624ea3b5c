"""The recurring meeting of sales and marketing: prompt, agenda, minutes, and what was promised."""
