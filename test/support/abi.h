//===- abi.h - whether two declarations are called alike --------------------===//
//
// Drivers declare by hand what they call of a vendor's library. Where the vendor's own
// header is at hand, a test lets the compiler compare the two: a call through the one must
// pass and return the same bits as a call through the other.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_TEST_SUPPORT_ABI_H
#define PORTICO_TEST_SUPPORT_ABI_H

#include <type_traits>

namespace portico::test {

template <typename T> constexpr bool isNumber = std::is_integral_v<T> || std::is_enum_v<T>;

/// An enumeration may stand for an integer of its size.
template <typename Ours, typename Theirs> constexpr bool sameNumber() {
  if constexpr (std::is_integral_v<Ours> && std::is_integral_v<Theirs>)
    return sizeof(Ours) == sizeof(Theirs) && std::is_signed_v<Ours> == std::is_signed_v<Theirs>;
  else
    return sizeof(Ours) == sizeof(Theirs);
}

/// `const` does not count; our `void *` stands for any pointer to data.
template <typename Ours, typename Theirs> struct Same {
  static constexpr bool value() {
    using A = std::remove_cv_t<Ours>;
    using B = std::remove_cv_t<Theirs>;
    if constexpr (std::is_same_v<A, B>)
      return true;
    else if constexpr (isNumber<A> && isNumber<B>)
      return sameNumber<A, B>();
    else if constexpr (std::is_pointer_v<A> && std::is_pointer_v<B>)
      return (std::is_void_v<std::remove_pointer_t<A>> &&
              !std::is_function_v<std::remove_pointer_t<B>>) ||
             Same<std::remove_pointer_t<A>, std::remove_pointer_t<B>>::value();
    else
      return false;
  }
};

template <typename OurResult, typename... Ours, typename TheirResult, typename... Theirs>
struct Same<OurResult(Ours...), TheirResult(Theirs...)> {
  static constexpr bool value() {
    if constexpr (sizeof...(Ours) == sizeof...(Theirs))
      return Same<OurResult, TheirResult>::value() && (Same<Ours, Theirs>::value() && ...);
    else
      return false;
  }
};

/// Whether a pointer to a function of type `Ours` may hold one of type `Theirs`.
template <typename Ours, typename Theirs> constexpr bool calledAlike = Same<Ours, Theirs>::value();

} // namespace portico::test

#endif // PORTICO_TEST_SUPPORT_ABI_H
