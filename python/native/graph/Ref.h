//===- Ref.h - pointer to an object that counts its references -------------===//
//
// Counts are plain integers: everything in graph/ is touched under the GIL only.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_NATIVE_GRAPH_REF_H
#define PORTICO_NATIVE_GRAPH_REF_H

#include <cstdint>
#include <utility>

namespace portico::native {

/// `T` has a member `refs` and a static `destroy(T *)`.
template <typename T> class Ref {
public:
  Ref() = default;
  Ref(std::nullptr_t) {}
  explicit Ref(T *p) : p(p) {
    if (p)
      ++p->refs;
  }
  Ref(const Ref &other) : Ref(other.p) {}
  Ref(Ref &&other) noexcept : p(std::exchange(other.p, nullptr)) {}
  Ref &operator=(Ref other) noexcept {
    std::swap(p, other.p);
    return *this;
  }
  ~Ref() {
    if (p && --p->refs == 0)
      T::destroy(p);
  }

  T *get() const { return p; }
  T *operator->() const { return p; }
  T &operator*() const { return *p; }
  explicit operator bool() const { return p; }
  bool operator==(const Ref &other) const { return p == other.p; }
  bool operator!=(const Ref &other) const { return p != other.p; }
  /// Gives up the pointer with its reference.
  T *release() { return std::exchange(p, nullptr); }
  /// Takes over a pointer with its reference.
  static Ref adopt(T *p) {
    Ref ref;
    ref.p = p;
    return ref;
  }

private:
  T *p = nullptr;
};

/// Memory for objects of one size, kept for the next one of its kind.
template <typename T> class Pool {
public:
  template <typename... Args> static T *create(Args &&...args) {
    void *memory;
    if (head) {
      memory = head;
      head = head->next;
    } else {
      memory = ::operator new(sizeof(T));
    }
    return new (memory) T(std::forward<Args>(args)...);
  }
  static void recycle(T *object) {
    object->~T();
    head = new (object) Free{head};
  }

private:
  struct Free {
    Free *next;
  };
  static_assert(sizeof(T) >= sizeof(Free));
  static inline Free *head = nullptr;
};

} // namespace portico::native

#endif // PORTICO_NATIVE_GRAPH_REF_H
