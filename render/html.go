package render

import "bytes"

type htmlFormat struct{}

func (htmlFormat) MediaType() string { return "text/html" }

// Append executes the page of the configuration.
func (htmlFormat) Append(dst []byte, v *View) ([]byte, error) {
	if v.page == nil {
		return v.dress().append(dst, v), nil
	}
	buf := bytes.NewBuffer(dst)
	if err := v.page.Execute(buf, v); err != nil {
		return dst, err
	}
	return buf.Bytes(), nil
}
