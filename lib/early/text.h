// Text of bounded length, and numbers from and to text.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

namespace ichor::early {

// A number as decimal digits; lives as long as the statement it is made in, and so does its text.
class Decimal {
 public:
  explicit Decimal(std::int64_t value);
  operator std::string_view() const {  // NOLINT(google-explicit-constructor): stands for its text
    return {digits_.data() + begin_, digits_.size() - begin_};
  }

 private:
  std::array<char, 20> digits_;
  std::size_t begin_;
};

// Up to N - 1 characters and a zero behind them. What does not fit is cut off, and fits() says so.
template <std::size_t N>
class Text {
 public:
  Text() = default;
  Text(std::initializer_list<std::string_view> parts) { Append(parts); }

  void Append(std::initializer_list<std::string_view> parts) {
    for (const std::string_view part : parts) {
      for (const char c : part)
        Push(c);
    }
  }
  void Push(char c) {
    fits_ = fits_ && size_ + 1 < N;
    if (size_ + 1 >= N) return;
    text_[size_++] = c;
    text_[size_] = '\0';
  }
  // Shortens the text to its first `size` characters, and forgets that something did not fit.
  void Cut(std::size_t size) {
    size_ = size < size_ ? size : size_;
    text_[size_] = '\0';
    fits_ = true;
  }

  std::string_view view() const { return {text_.data(), size_}; }
  const char* c_str() const { return text_.data(); }
  bool fits() const { return fits_; }
  bool empty() const { return size_ == 0; }

 private:
  std::array<char, N> text_{};
  std::size_t size_ = 0;
  bool fits_ = true;
};

// `text` from position `begin` on, up to `size` characters; empty if it is shorter. (Unlike substr,
// cannot throw.)
std::string_view Part(std::string_view text, std::size_t begin,
                      std::size_t size = std::string_view::npos);

// Takes what is before the first `separator` off the front of `text`, the separator too; all of it
// if there is none.
std::string_view TakeUntil(std::string_view& text, char separator);

// `text` without spaces, tabs and line feeds at both ends.
std::string_view Trim(std::string_view text);

// All of `text` as decimal digits; empty if it is anything else or too large.
std::optional<std::uint64_t> ToNumber(std::string_view text);

// Fills `out` from exactly twice as many hexadecimal digits, of either case. False for anything
// else.
bool FromHex(std::string_view digits, std::span<std::byte> out);

// Writes two lower-case digits for each of `bytes` into `out`, which must have room for them.
void ToHex(std::span<const std::byte> bytes, std::span<char> out);

}  // namespace ichor::early
