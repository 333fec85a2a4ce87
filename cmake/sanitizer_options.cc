// Linked into every program that is built with AddressSanitizer.
// Debian's Abseil was compiled without it and un-poisons nothing that our own inlined copy of its
// containers poisons.
extern "C" const char*
__asan_default_options();  // NOLINT(bugprone-reserved-identifier): the sanitizer's name

extern "C" const char*
__asan_default_options() {  // NOLINT(bugprone-reserved-identifier): the sanitizer's name
  return "allow_user_poisoning=0";
}
