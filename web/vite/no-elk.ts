// Stands for @mermaid-js/layout-elk: no further layouts; mermaid draws with its own.
export default [];
