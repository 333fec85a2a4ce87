package official

import (
	"fmt"
	"net/netip"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/siderolabs/talos/pkg/machinery/config/config"
)

// deepest is how far answers are followed: some lead back to where they came from.
const deepest = 20

// unasked are questions about the document, not about the node.
var unasked = map[string]bool{"Clone": true, "Kind": true, "APIVersion": true, "Name": true}

// answers asks a config everything that its interface has, and the answers too.
func answers(provider config.Config) any {
	value := reflect.New(reflect.TypeFor[config.Config]()).Elem()
	value.Set(reflect.ValueOf(provider))

	return view(value, 0)
}

func view(value reflect.Value, depth int) any {
	if depth > deepest || !value.IsValid() {
		return nil
	}

	if text, is := plain(value); is {
		return text
	}

	switch value.Kind() {
	case reflect.Interface:
		if value.IsNil() || value.NumMethod() == 0 {
			return viewElement(value, depth)
		}

		return viewMethods(value, depth)
	case reflect.Pointer:
		return viewElement(value, depth)
	case reflect.Slice, reflect.Array:
		list := []any{}
		for i := range value.Len() {
			list = append(list, view(value.Index(i), depth+1))
		}

		return list
	case reflect.Map:
		values := map[string]any{}
		for _, key := range value.MapKeys() {
			values[fmt.Sprint(key.Interface())] = view(value.MapIndex(key), depth+1)
		}

		return values
	case reflect.Struct:
		return viewStruct(value, depth)
	case reflect.Func, reflect.Chan:
		return nil
	default:
		return fmt.Sprint(value.Interface())
	}
}

func viewElement(value reflect.Value, depth int) any {
	if value.IsNil() {
		return nil
	}

	return view(value.Elem(), depth+1)
}

// plain is the text of a value that is best told as one.
func plain(value reflect.Value) (string, bool) {
	if !value.CanInterface() || (value.Kind() == reflect.Pointer && value.IsNil()) {
		return "", false
	}

	switch value := value.Interface().(type) {
	case netip.Prefix, netip.Addr, netip.AddrPort, time.Duration, *url.URL:
		return fmt.Sprint(value), true
	case []byte:
		return string(value), true
	}

	return "", false
}

func viewStruct(value reflect.Value, depth int) any {
	// An optional value says whether it is there.
	if get := value.MethodByName("Get"); get.IsValid() && get.Type().NumIn() == 0 && get.Type().NumOut() == 2 {
		out := get.Call(nil)
		if out[1].Kind() == reflect.Bool && !out[1].Bool() {
			return nil
		}

		return view(out[0], depth+1)
	}

	values := map[string]any{}

	for i := range value.NumField() {
		if value.Type().Field(i).IsExported() {
			values[value.Type().Field(i).Name] = view(value.Field(i), depth+1)
		}
	}

	return values
}

func viewMethods(value reflect.Value, depth int) any {
	values := map[string]any{}

	for i := range value.Type().NumMethod() {
		method := value.Type().Method(i)
		if unasked[method.Name] || !method.IsExported() || method.Type.NumIn() != 0 || method.Type.NumOut() == 0 {
			continue
		}

		values[method.Name] = ask(value.Method(i), depth)
	}

	return values
}

// ask is a method's answer. Some questions make sense behind another one only, and panic.
func ask(method reflect.Value, depth int) (answer any) {
	defer func() {
		if reason := recover(); reason != nil {
			answer = "panic: " + strings.SplitN(fmt.Sprint(reason), "\n", 2)[0]
		}
	}()

	return view(method.Call(nil)[0], depth+1)
}
